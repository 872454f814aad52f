// The conditions of a query, wherever they stand.
#include "review/tree_walk.hpp"

extern "C" {
#include "nodes/primnodes.h"
}

namespace primecloud::review {
namespace {

SERVER_CODE List *conditions_below(tree_walk &w, Node *n, List *found) {
  check_stack_depth();
  if (n == nullptr || IsA(n, RangeTblRef)) return found;
  ListCell *cell;
  Node *said = nullptr;
  if (IsA(n, FromExpr)) {
    foreach (cell, castNode(FromExpr, n)->fromlist)
      found = conditions_below(w, static_cast<Node *>(lfirst(cell)), found);
    said = castNode(FromExpr, n)->quals;
  } else if (IsA(n, JoinExpr)) {
    found = conditions_below(w, castNode(JoinExpr, n)->larg, found);
    found = conditions_below(w, castNode(JoinExpr, n)->rarg, found);
    said = castNode(JoinExpr, n)->quals;
    // Of an outer join they take no row away.
    if (castNode(JoinExpr, n)->jointype != JOIN_INNER && said != nullptr)
      return lappend(found, const_cast<node *>(opaque(w, "JOIN", list_make1(const_cast<node *>(walk_tree(w, said))))));
  }
  return said == nullptr ? found : lappend(found, const_cast<node *>(walk_tree(w, said)));
}

}  // namespace

SERVER_CODE bool has_outer_join(Node *n) {
  check_stack_depth();
  if (n == nullptr || IsA(n, RangeTblRef)) return false;
  if (IsA(n, JoinExpr)) {
    const auto *join = castNode(JoinExpr, n);
    return join->jointype != JOIN_INNER || has_outer_join(join->larg) || has_outer_join(join->rarg);
  }
  ListCell *cell;
  foreach (cell, castNode(FromExpr, n)->fromlist)
    if (has_outer_join(static_cast<Node *>(lfirst(cell)))) return true;
  return false;
}

SERVER_CODE void enter_query(tree_walk &w, Query *query) {
  w.queries = lcons(query, w.queries);
  w.bases = lcons_int(w.entries, w.bases);
  w.entries += list_length(query->rtable) + 1;
  w.relations = lappend_oid(w.relations, InvalidOid);
  ListCell *cell;
  foreach (cell, query->rtable) {
    const auto *entry = lfirst_node(RangeTblEntry, cell);
    w.relations = lappend_oid(w.relations, entry->rtekind == RTE_RELATION ? entry->relid : InvalidOid);
  }
  w.depth++;
}

SERVER_CODE void leave_query(tree_walk &w) {
  w.queries = list_delete_first(w.queries);
  w.bases = list_delete_first(w.bases);
  w.depth--;
}

SERVER_CODE const node *conditions_of(tree_walk &w, Query *query) {
  List *all = conditions_below(w, reinterpret_cast<Node *>(query->jointree), NIL);
  if (query->havingQual != nullptr) all = lappend(all, const_cast<node *>(walk_tree(w, query->havingQual)));
  if (all == NIL) {
    node *yes = new_node(w, kind::truth);
    yes->number = 1;
    return yes;
  }
  return list_length(all) == 1 ? static_cast<const node *>(linitial(all)) : new_node(w, kind::both, all);
}

}  // namespace primecloud::review
