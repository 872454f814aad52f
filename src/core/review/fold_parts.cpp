#include "core/review/fold_parts.hpp"

namespace primecloud::review {
namespace {

// p and NOT p: certain only of what is never NULL.
bool exclude_each_other(const node *a, const node *b) {
  if (a->more != b->more) return false;
  if (a->is == kind::is_null && b->is == kind::is_null) return a->negated != b->negated && same(a->args[0], b->args[0]);
  if (a->is == kind::is_true && b->is == kind::is_true)
    return a->negated != b->negated && a->number == b->number && same(a->args[0], b->args[0]);
  if (a->is == kind::distinct && b->is == kind::distinct)
    return a->negated != b->negated && same(a->args[0], b->args[0]) && same(a->args[1], b->args[1]);
  if (a->is == kind::negation) return never_null(a->args[0]) && same(a->args[0], b);
  if (b->is == kind::negation) return never_null(b->args[0]) && same(b->args[0], a);
  return a->is == kind::compare && b->is == kind::compare && a->op == inverse(b->op) && never_null(a) &&
         same(a->args[0], b->args[0]) && same(a->args[1], b->args[1]);
}

// x >= c AND x <= c is x = c.
const node *closed_range(nursery &made, const node *a, const node *b) {
  if (a->is != kind::compare || b->is != kind::compare || b->op != turned(a->op)) return nullptr;
  if (a->more != b->more) return nullptr;
  if (a->op != relation::less_equal && a->op != relation::greater_equal) return nullptr;
  if (!same(a->args[0], b->args[0]) || !same(a->args[1], b->args[1])) return nullptr;
  return made.make({.is = kind::compare, .op = relation::equal, .flags = a->flags, .more = a->more},
                   {a->args[0], a->args[1]});
}

}  // namespace

const node *joined(nursery &made, kind how, const std::vector<const node *> &parts) {
  const node *n = how == kind::both ? made.both(parts) : made.either(parts);
  if (n->is != how || n->count > 64) return n;
  for (std::uint32_t i = 0; i < n->count; i++) {
    for (std::uint32_t j = i + 1; j < n->count; j++) {
      if (exclude_each_other(n->args[i], n->args[j])) return made.truth(how == kind::either);
      const node *range = how == kind::both ? closed_range(made, n->args[i], n->args[j]) : nullptr;
      if (range == nullptr) continue;
      std::vector<const node *> rest{folded_compare(made, range)};
      for (std::uint32_t k = 0; k < n->count; k++)
        if (k != i && k != j) rest.push_back(n->args[k]);
      return joined(made, how, rest);
    }
  }
  return n;
}

const node *folded_choice(nursery &made, const node *n) {
  std::vector<const node *> kept;
  const node *otherwise = n->args[n->count - 1];
  for (std::uint32_t i = 0; i + 1 < n->count; i += 2) {
    const node *condition = n->args[i], *result = n->args[i + 1];
    if (condition->is == kind::nothing || is_truth(condition, false)) continue;
    if (is_truth(condition, true)) {
      otherwise = result;
      break;
    }
    kept.push_back(condition);
    kept.push_back(result);
  }
  bool alike = true;
  for (std::size_t i = 1; i < kept.size(); i += 2) alike = alike && same(kept[i], otherwise);
  if (alike) return otherwise;
  kept.push_back(otherwise);
  return made.with(n, kept);
}

const node *folded_first(nursery &made, const node *n) {
  std::vector<const node *> kept;
  for (const node *arg : *n) {
    if (arg->is == kind::nothing) continue;
    kept.push_back(arg);
    if (never_null(arg)) break;
  }
  if (kept.empty()) return made.nothing();
  return kept.size() == 1 ? kept[0] : made.with(n, kept);
}

const node *folded_null_if(nursery &made, const node *n) {
  if (n->args[0]->is == kind::nothing || (n->more.empty() && same(n->args[0], n->args[1]))) return made.nothing();
  if (n->args[1]->is == kind::nothing) return n->args[0];
  const int order = literal_order(n->args[0], n->args[1]);
  if (order == 3 || !n->more.empty()) return n;
  return order == 0 ? made.nothing() : n->args[0];
}

const node *folded_list(nursery &made, const node *n) {
  const node *list = n->args[1];
  if (list->is == kind::nothing) return made.nothing();
  if (list->is != kind::list || list->count > 64 || n->op == relation::none) return n;
  std::vector<const node *> each;
  for (const node *element : *list) {
    const bool unknown = element->is == kind::nothing || n->args[0]->is == kind::nothing;
    const node *one = made.compare(n->op, n->args[0], element, strict | (n->flags & exact), n->more);
    each.push_back(unknown ? made.nothing() : folded_compare(made, one));
  }
  return joined(made, n->is == kind::any ? kind::either : kind::both, each);
}

const node *folded_subquery(nursery &made, const node *n) {
  const node *where = n->args[0];
  const bool empty =
      !n->has(grouped) && !n->has(outer_joined) && (where->is == kind::nothing || is_truth(where, false));
  if (empty && n->is == kind::exists) return made.truth(false);
  if (empty && n->is == kind::any_row) return made.truth(false);
  if (empty && n->is == kind::all_row) return made.truth(true);
  if (empty && n->is == kind::scalar) return made.nothing();
  if (empty && n->is == kind::array_of) return made.make({.is = kind::list}, {});
  if (n->has(reads) || n->has(grouped)) return n;
  // SELECT without FROM: a row where the condition is true.
  if (n->is == kind::exists) return folded_is_true(made, made.make({.is = kind::is_true, .number = 1}, {where}));
  if (!is_truth(where, true)) return n;
  if (n->is == kind::scalar) return n->args[1];
  if (n->is == kind::array_of) return made.make({.is = kind::list}, {n->args[1]});
  return folded_compare(made, made.compare(n->op, n->args[1], n->args[2], strict | (n->flags & exact), n->more));
}

}  // namespace primecloud::review
