// As whom the tables below a view are read, and what that lets through.
#include "review/view_facts.hpp"

extern "C" {
#include "nodes/primnodes.h"
#include "parser/parsetree.h"
}

namespace primecloud::review {

SERVER_CODE AttrNumber tenant_tables::column_of(Oid relation) const {
  for (int i = 0; i < relations.count && i < columns.count; i++)
    if (relations.each[i] == relation) return columns.each[i];
  return 0;
}

// A row that a rule inserts is tied if its tenant column is.
SERVER_CODE List *written_tenant(const function_book &book, const tenant_tables &tenants, Query *action) {
  if (action->commandType != CMD_INSERT || action->resultRelation == 0) return NIL;
  const Oid relation = rt_fetch(action->resultRelation, action->rtable)->relid;
  const AttrNumber tenant = tenants.column_of(relation);
  ListCell *cell;
  foreach (cell, action->targetList) {
    const auto *target = lfirst_node(TargetEntry, cell);
    if (tenant == 0 || target->resno != tenant) continue;
    tree_walk w;
    w.book = &book;
    w.of = subject_of(relation, tenant);
    enter_query(w, action);
    w.own_depth = -1;
    node *column = new_node(w, kind::own);
    column->flags = review::tenant | not_null;
    column->text = "tenant";
    node *tied = new_node(w, kind::compare,
                          list_make2(column, const_cast<node *>(walk_tree(w, reinterpret_cast<Node *>(target->expr)))));
    tied->op = relation::equal;
    return list_make1(tied);
  }
  return NIL;
}

SERVER_CODE bool reads_past_policies(const function_book &book, reading &r, const askers &who) {
  relation_facts facts;
  if (!r.as_owner || !read_relation(r.relation, facts)) return false;
  const std::uint8_t may = privileges_of(r.reader, r.relation);
  if ((may & (r.written ? may_insert | may_update | may_delete : may_read)) == 0) return false;
  if (!is_held(r.reader, facts)) return true;
  ListCell *cell;
  foreach (cell, policies_of(r.relation)) {
    const auto &policy = *static_cast<const stored_policy *>(lfirst(cell));
    if (!policy.permissive || (policy.command != 'r' && policy.command != '*') || policy.row == nullptr) continue;
    bool own = is_for_role(policy, r.reader);
    for (std::size_t asker = 0; asker < who.count; asker++) own = own && !is_for_role(policy, who.roles[asker]);
    if (!own) continue;
    tree_walk w;
    w.book = &book;
    w.of = subject_of(r.relation, r.tenant);
    r.own_policies = lappend(r.own_policies, const_cast<node *>(walk_tree(w, policy.row)));
  }
  return false;
}

}  // namespace primecloud::review
