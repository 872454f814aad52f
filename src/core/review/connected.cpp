#include "core/review/connected.hpp"

#include <algorithm>
#include <utility>

#include "core/review/asker.hpp"

namespace primecloud::review {
namespace {

bool is_stored(const node *n) { return n->is == kind::other && n->has(stored); }

}  // namespace

connections::connections(const node *conditions) {
  read(conditions);
  for (const column &c : columns_)
    if (root(c.of) == root(asker_class)) bind(c.entry(), bond::own);
  while (spread()) continue;
}

void connections::read(const node *condition) {
  switch (condition->is) {
    case kind::both:
      for (const node *part : *condition) read(part);
      return;
    case kind::compare:
      if (is_equality(condition)) read_equality(condition->args[0], condition->args[1]);
      return;
    case kind::any: {
      const node *column = condition->args[0], *list = without_conversions(condition->args[1]);
      if (!is_equality(condition) || is_stored(list)) return;
      if (list->is == kind::array_of) return read_query(column, list, list->args[0], list->args[1]);
      return read_equality(column, list);
    }
    case kind::any_row:
      if (is_equality(condition)) read_query(condition->args[1], condition, condition->args[0], condition->args[2]);
      return;
    case kind::exists:
      if (!condition->has(grouped)) read(condition->args[0]);
      return;
    case kind::is_true:
      if (!condition->negated && condition->number != 0) read(condition->args[0]);
      return;
    default: return;
  }
}

// (Each side is read once: subqueries may be nested as deep as a policy is long.)
void connections::read_equality(const node *a, const node *b) {
  for (const auto &[query, other] : {std::pair{without_conversions(a), b}, std::pair{without_conversions(b), a}})
    if (query->is == kind::scalar) return read_query(other, query, query->args[0], query->args[1]);
  const auto one = class_of(a), other = class_of(b);
  if (one && other) same_as_[std::max(root(*one), root(*other))] = std::min(root(*one), root(*other));
}

// A column that is what a row of a query has.  (What is grouped may have one though no row meets its conditions.)
void connections::read_query(const node *column, const node *query, const node *conditions, const node *selected) {
  if (query->has(grouped)) return;
  read_equality(column, selected);
  read(conditions);
}

std::optional<std::size_t> connections::class_of(const node *n) {
  const node *value = without_conversions(n);
  if (is_tenant_column(value)) return tenant_class;
  if (is_asker(value)) return asker_class;
  if (!is_stored(value)) return std::nullopt;
  for (const column &known : columns_)
    if (known.number == value->number) return known.of;
  columns_.push_back({value->number, value->has(unique_key), same_as_.size()});
  same_as_.push_back(same_as_.size());
  return same_as_.size() - 1;
}

std::size_t connections::root(std::size_t of) const {
  while (same_as_[of] != of) of = same_as_[of];
  return of;
}

connections::bond connections::bond_of(std::int64_t entry) const {
  for (const auto &known : entries_)
    if (known.number == entry) return known.bound;
  return bond::none;
}

// Whether that is more than it was.
bool connections::bind(std::int64_t entry, bond given) {
  if (bond_of(entry) >= given) return false;
  std::erase_if(entries_, [&](const auto &known) { return known.number == entry; });
  entries_.push_back({entry, given});
  return true;
}

bool connections::spread() {
  bool grown = false;
  for (const column &from : columns_) {
    const bond bound = bond_of(from.entry());
    if (bound == bond::none) continue;
    for (const column &to : columns_) {
      if (root(to.of) != root(from.of)) continue;
      // A key of each: row by row.  Of one alone: it is referred to, or refers.
      if (to.is_key && bind(to.entry(), from.is_key ? bound : bond::referred_to)) grown = true;
      if (!to.is_key && from.is_key && bound == bond::own && bind(to.entry(), bond::own)) grown = true;
    }
  }
  return grown;
}

bool connections::is_bound(std::size_t of) const {
  if (root(of) == root(asker_class)) return true;
  return std::any_of(columns_.begin(), columns_.end(),
                     [&](const column &c) { return root(c.of) == root(of) && bond_of(c.entry()) != bond::none; });
}

std::vector<std::int64_t> connections::alike(std::size_t of) const {
  std::vector<std::int64_t> found;
  for (const column &c : columns_)
    if (root(c.of) == root(of)) found.push_back(c.number);
  return found;
}

std::vector<std::int64_t> connections::alike(const node *selected) const {
  const node *value = without_conversions(selected);
  if (!is_stored(value)) return {};
  for (const column &known : columns_)
    if (known.number == value->number) return alike(known.of);
  return {value->number};
}

bool connections::give(const node *selected) const {
  const node *value = without_conversions(selected);
  if (!is_stored(value)) return is_asker(value);
  for (const column &known : columns_)
    if (known.number == value->number) return is_bound(known.of);
  return bond_of(value->number >> 16) != bond::none;
}

}  // namespace primecloud::review
