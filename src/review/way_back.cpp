// Policies that ask tables whose policies ask: the rewriter follows them for as long as row
// security holds the role, and refuses to come back to where it is already.
#include "review/tree_relation.hpp"
#include "review/view_tree.hpp"

extern "C" {
#include "catalog/pg_class.h"
#include "nodes/primnodes.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
}

namespace primecloud::review {
namespace {

SERVER_CODE bool note_relation(Node *n, void *context) {
  if (n == nullptr) return false;
  auto **found = static_cast<List **>(context);
  if (IsA(n, RangeTblEntry)) {
    const auto *entry = castNode(RangeTblEntry, n);
    if (entry->rtekind == RTE_RELATION) *found = list_append_unique_oid(*found, entry->relid);
    return false;
  }
  if (IsA(n, Query)) return pg::walk_query_entries(castNode(Query, n), note_relation, context);
  return pg::walk_below(n, note_relation, context);
}

struct search {
  Oid target;
  List *visited;
  const char *way;
};

SERVER_CODE bool goes_back(search &s, Oid role, Oid relation);

SERVER_CODE bool any_goes_back(search &s, Oid role, const List *relations, const char *label) {
  ListCell *cell;
  foreach (cell, relations) {
    if (!goes_back(s, role, lfirst_oid(cell))) continue;
    s.way = psprintf("%s -> %s", label, s.way);
    return true;
  }
  return false;
}

SERVER_CODE bool goes_back(search &s, Oid role, Oid relation) {
  check_stack_depth();
  relation_facts facts;
  if (!read_relation(relation, facts)) return false;
  List *below = NIL;
  if (facts.kind == RELKIND_VIEW) {
    if (list_member_oid(s.visited, relation)) return false;
    s.visited = lappend_oid(s.visited, relation);
    if (Query *query = view_query(relation)) note_relation(reinterpret_cast<Node *>(query), &below);
    below = list_delete_oid(below, relation);
    return any_goes_back(s, facts.invoker ? role : facts.owner, below, facts.label);
  }
  if (!is_held(role, facts)) return false;
  ListCell *cell;
  foreach (cell, policies_of(relation)) {
    const auto &policy = *static_cast<const stored_policy *>(lfirst(cell));
    if ((policy.command == 'r' || policy.command == '*') && is_for_role(policy, role))
      note_relation(policy.row, &below);
  }
  if (below == NIL) return false;
  if (relation == s.target) {
    s.way = facts.label;
    return true;
  }
  if (list_member_oid(s.visited, relation)) return false;
  s.visited = lappend_oid(s.visited, relation);
  return any_goes_back(s, role, below, facts.label);
}

}  // namespace

SERVER_CODE List *tables_below(Oid relation) {
  List *found = list_make1_oid(relation), *tables = NIL;
  for (int i = 0; i < list_length(found); i++) {
    const Oid one = list_nth_oid(found, i);
    Query *query = get_rel_relkind(one) == RELKIND_VIEW ? view_query(one) : nullptr;
    if (query == nullptr) tables = lappend_oid(tables, one);
    // (A view has itself among its entries.)
    if (query != nullptr) note_relation(reinterpret_cast<Node *>(query), &found);
  }
  return tables;
}

SERVER_CODE const char *way_back(Oid role, Oid from, Oid target) {
  search s{target, NIL, nullptr};
  return goes_back(s, role, from) ? s.way : nullptr;
}

}  // namespace primecloud::review
