#include "tenant/implied_policies.hpp"

#include "tenant/said_conditions.hpp"

namespace primecloud::tenant {
namespace {

// What any other of a list says as well, by what it has for a condition; of two that say each other the first stays.
template <class F>
SERVER_CODE List *without_implied(List *each, F condition) {
  if (list_length(each) < 2) return each;
  for (int i = list_length(each) - 1; i >= 0; i--) {
    for (int j = 0; j < list_length(each); j++) {
      if (i == j || !condition(list_nth(each, j), list_nth(each, i))) continue;
      each = list_delete_nth_cell(each, i);
      break;
    }
  }
  return each;
}

SERVER_CODE bool condition_says(void *stronger, void *weaker) {
  return each_is_said(static_cast<Node *>(weaker), static_cast<Node *>(stronger));
}

// (A policy that is named in its error is a restrictive one: it stays.)
SERVER_CODE bool check_says(void *stronger, void *weaker) {
  const auto *one = static_cast<WithCheckOption *>(stronger);
  const auto *other = static_cast<WithCheckOption *>(weaker);
  if (one->kind != other->kind || one->kind == WCO_VIEW_CHECK || one->polname != nullptr || other->polname != nullptr)
    return false;
  return each_is_said(other->qual, one->qual);
}

SERVER_CODE bool leave_out(Node *node, void *) {
  if (node == nullptr) return false;
  if (!IsA(node, Query)) return pg::walk_below(node, leave_out, nullptr);
  leave_out_implied_policies(reinterpret_cast<Query *>(node));
  return false;
}

}  // namespace

void leave_out_implied_policies(Query *query) {
  if (!query->hasRowSecurity) return;
  query->withCheckOptions = without_implied(query->withCheckOptions, check_says);
  ListCell *cell;
  foreach (cell, query->withCheckOptions) spell_out(lfirst_node(WithCheckOption, cell)->qual);
  bool below = query->hasSubLinks || query->cteList != NIL;
  foreach (cell, query->rtable) {
    auto *entry = lfirst_node(RangeTblEntry, cell);
    entry->securityQuals = without_implied(entry->securityQuals, condition_says);
    const ListCell *each;
    foreach (each, entry->securityQuals) spell_out(static_cast<Node *>(lfirst(each)));
    below = below || entry->rtekind == RTE_SUBQUERY;
  }
  if (below) pg::walk_query(query, leave_out, nullptr);
}

}  // namespace primecloud::tenant
