#include "review/view_tree.hpp"

#include "pg/catalog_rows.hpp"
#include "review/stored_tree.hpp"

extern "C" {
#include "access/htup_details.h"
#include "catalog/indexing.h"
#include "catalog/pg_rewrite.h"
#include "utils/builtins.h"
}

namespace primecloud::review {
namespace {

SERVER_CODE Node *tree_of(HeapTuple tuple, AttrNumber column, TupleDesc columns) {
  bool null;
  const Datum stored = heap_getattr(tuple, column, columns, &null);
  return stored_tree(stored, null);
}

}  // namespace

SERVER_CODE List *rules_of(Oid relation) {
  List *found = NIL;
  const auto read = [&](HeapTuple tuple, TupleDesc columns) {
    const auto *row = reinterpret_cast<const FormData_pg_rewrite *>(GETSTRUCT(tuple));
    auto *rule = static_cast<stored_rule *>(palloc0(sizeof(stored_rule)));
    rule->name = pstrdup(NameStr(row->rulename));
    rule->is_view = row->ev_type == '1' && row->is_instead;
    Node *actions = tree_of(tuple, Anum_pg_rewrite_ev_action, columns);
    rule->actions = actions != nullptr && IsA(actions, List) ? castNode(List, actions) : NIL;
    rule->condition = tree_of(tuple, Anum_pg_rewrite_ev_qual, columns);
    found = lappend(found, rule);
  };
  pg::for_each_catalog_row(RewriteRelationId, RewriteRelRulenameIndexId, Anum_pg_rewrite_ev_class, relation, read);
  return found;
}

SERVER_CODE Query *view_query(Oid relation) {
  ListCell *cell;
  foreach (cell, rules_of(relation)) {
    const auto *rule = static_cast<const stored_rule *>(lfirst(cell));
    if (rule->is_view && list_length(rule->actions) == 1) return linitial_node(Query, rule->actions);
  }
  return nullptr;
}

}  // namespace primecloud::review
