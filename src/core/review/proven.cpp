#include "core/review/proven.hpp"

#include <algorithm>

#include "core/review/asker.hpp"
#include "core/review/connected.hpp"

namespace primecloud::review {
namespace {

bool either_way(const node *n, bool (*one)(const node *), bool (*other)(const node *)) {
  return (one(n->args[0]) && other(n->args[1])) || (one(n->args[1]) && other(n->args[0]));
}

}  // namespace

bool is_proof(const node *n) {
  switch (n->is) {
    case kind::compare: return is_equality(n) && either_way(n, is_tenant_column, is_asker);
    case kind::any: return is_equality(n) && is_tenant_column(n->args[0]) && is_asker(n->args[1]);
    case kind::any_row:
      return is_equality(n) && is_tenant_column(n->args[1]) && connections(n->args[0]).give(n->args[2]);
    // (What is grouped may have a row where its conditions have none.)
    case kind::exists: return !n->has(grouped) && connections(n->args[0]).meet_the_tenant();
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
