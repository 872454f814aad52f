#include "core/review/proven.hpp"

#include <algorithm>

namespace primecloud::review {
namespace {

const node *without_casts(const node *n) {
  while (n->is == kind::call && n->has(cast) && n->count == 1) n = n->args[0];
  return n;
}

bool is_tenant_column(const node *n) {
  const node *column = without_casts(n);
  return column->is == kind::own && column->has(tenant);
}

bool is_of_asker(const node *n) { return has_context(n) && !has_own(n); }

bool either_way(const node *n, bool (*one)(const node *), bool (*other)(const node *)) {
  return (one(n->args[0]) && other(n->args[1])) || (one(n->args[1]) && other(n->args[0]));
}

bool is_of_subquery(const node *n) { return !has_own(n) && !is_constant(n); }

bool any_conjunct(const node *n, bool (*asked)(const node *)) {
  if (n->is == kind::both)
    return std::any_of(n->begin(), n->end(), [&](const node *part) { return any_conjunct(part, asked); });
  return asked(n);
}

bool is_equality(const node *n) { return n->is == kind::compare && n->op == relation::equal; }
bool names_the_asker(const node *n) { return has_context(n) && (is_equality(n) || is_subquery(n)); }
bool meets_the_tenant(const node *n) { return is_equality(n) && either_way(n, is_tenant_column, is_of_subquery); }

// A subquery that has the tenant column in one equality, and who asks in another, or in the same.
bool joins(const node *conditions) {
  return any_conjunct(conditions, meets_the_tenant) && any_conjunct(conditions, names_the_asker);
}

}  // namespace

bool is_proof(const node *n) {
  switch (n->is) {
    case kind::compare: return n->op == relation::equal && either_way(n, is_tenant_column, is_of_asker);
    case kind::distinct: return n->negated && either_way(n, is_tenant_column, is_of_asker);
    case kind::any: return n->op == relation::equal && is_tenant_column(n->args[0]) && is_of_asker(n->args[1]);
    case kind::any_row:
      return n->op == relation::equal && is_tenant_column(n->args[1]) && any_conjunct(n->args[0], names_the_asker);
    case kind::exists: return joins(n->args[0]);
    case kind::is_true: return !n->negated && n->number != 0 && is_proof(n->args[0]);
    default: return false;
  }
}

bool is_proven(const node *n) {
  if (n->is == kind::both) return std::any_of(n->begin(), n->end(), is_proven);
  if (n->is == kind::either) return std::all_of(n->begin(), n->end(), is_proven);
  return is_truth(n, false) || is_proof(n);
}

const node *decides_by_itself(const node *n) {
  if (n->is == kind::call && n->has(asks) && has_tenant(n)) return n;
  for (const node *below : *n)
    if (const node *found = decides_by_itself(below)) return found;
  return nullptr;
}

}  // namespace primecloud::review
