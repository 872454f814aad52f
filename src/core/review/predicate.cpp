#include "core/review/predicate.hpp"

#include <algorithm>

namespace primecloud::review {
namespace {

// The side of the row: its column, or something made of it, and nothing of who asks.
bool is_side_of_row(const node *n, bool by_tenant) {
  return (by_tenant ? has_tenant(n) : has_own(n)) && !has_context(n);
}
bool is_side_of_asker(const node *n) { return has_context(n) && !has_own(n); }

bool ties(const node *a, const node *b, bool by_tenant) { return is_side_of_row(a, by_tenant) && is_side_of_asker(b); }

const node *replaced(nursery &made, const node *n, bool settings_empty) {
  if (n->is == kind::context) {
    return settings_empty && n->has(setting) ? made.literal(text_literal, "") : made.nothing();
  }
  if (n->has(asks)) return made.nothing();
  std::vector<const node *> below;
  for (const node *arg : *n) below.push_back(replaced(made, arg, settings_empty));
  return made.with(n, below);
}

bool distribute(const node *n, std::size_t most, std::vector<conjunction> &into) {
  if (n->is == kind::either) {
    return std::all_of(n->begin(), n->end(), [&](const node *part) { return distribute(part, most, into); });
  }
  if (n->is != kind::both) {
    if (!is_truth(n, false)) into.push_back({n});
    return into.size() <= most;
  }
  std::vector<conjunction> product{{}};
  for (const node *part : *n) {
    std::vector<conjunction> choices, next;
    if (!distribute(part, most, choices) || choices.size() * product.size() > most) return false;
    for (const auto &left : product) {
      for (const auto &right : choices) {
        next.push_back(left);
        next.back().insert(next.back().end(), right.begin(), right.end());
      }
    }
    product = std::move(next);
  }
  into.insert(into.end(), product.begin(), product.end());
  return into.size() <= most;
}

bool is_index_condition(const node *n) {
  if ((n->is != kind::compare && n->is != kind::any) || n->op != relation::equal) return false;
  const node *a = n->args[0], *b = n->args[1];
  return a->is == kind::own && a->has(tenant) && !has_own(b) && has_context(b);
}

}  // namespace

const node *normal(nursery &made, const node *n) { return as_filter(made, fold(made, n)); }

const node *without_contexts(nursery &made, const node *n, bool settings_empty) {
  return normal(made, replaced(made, n, settings_empty));
}

bool is_bound(const node *n, bool by_tenant) {
  const auto takes_part = [&] { return (by_tenant ? has_tenant(n) : has_own(n)) && has_context(n); };
  switch (n->is) {
    case kind::compare:
      if (n->op != relation::equal) return false;
      return ties(n->args[0], n->args[1], by_tenant) || ties(n->args[1], n->args[0], by_tenant);
    case kind::distinct:
      return n->negated && (ties(n->args[0], n->args[1], by_tenant) || ties(n->args[1], n->args[0], by_tenant));
    case kind::any: return n->op == relation::equal && ties(n->args[0], n->args[1], by_tenant);
    case kind::any_row: return n->op == relation::equal && takes_part();
    case kind::exists: return takes_part();
    case kind::is_true: return !n->negated && n->number != 0 && is_bound(n->args[0], by_tenant);
    case kind::call: return n->has(asks) && takes_part();
    default: return false;
  }
}

bool binds(const node *n, bool by_tenant) {
  const auto part_binds = [&](const node *part) { return binds(part, by_tenant); };
  if (n->is == kind::both) return std::any_of(n->begin(), n->end(), part_binds);
  if (n->is == kind::either) return std::all_of(n->begin(), n->end(), part_binds);
  return is_truth(n, false) || is_bound(n, by_tenant);
}

std::vector<const node *> index_conditions(const node *n) {
  std::vector<const node *> found;
  if (n->is == kind::both) {
    for (const node *part : *n) {
      const auto more = index_conditions(part);
      found.insert(found.end(), more.begin(), more.end());
    }
  } else if (n->is == kind::either) {
    found = index_conditions(n->args[0]);
    for (std::uint32_t i = 1; i < n->count && !found.empty(); i++) {
      const auto other = index_conditions(n->args[i]);
      std::erase_if(found, [&](const node *one) {
        return std::none_of(other.begin(), other.end(), [&](const node *two) { return same(one, two); });
      });
    }
  } else if (is_index_condition(n)) {
    found.push_back(n);
  }
  return found;
}

std::optional<std::vector<conjunction>> disjuncts(const node *filter, std::size_t most) {
  std::vector<conjunction> all;
  if (!distribute(filter, most, all)) return std::nullopt;
  return all;
}

}  // namespace primecloud::review
