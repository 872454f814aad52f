#include "review/view_facts.hpp"

extern "C" {
#include "catalog/pg_class.h"
#include "nodes/primnodes.h"
#include "parser/parsetree.h"
#include "utils/builtins.h"
}

namespace primecloud::review {
namespace {

struct trail {
  const function_book *book;
  const tenant_tables *tenants;
  Oid asker;
  List *found = NIL;
  List *around = NIL;  // views on the way
  int left = 2000;
};

struct place {
  Oid reader;
  bool as_owner, barriers, stored;
  const char *chain, *lent;
  List *conditions;
};

SERVER_CODE const char *lend(const char *before, const char *label) {
  return psprintf("%sSELECT primecloud.protect_view(%s);\n", before, quote_literal_cstr(label));
}

SERVER_CODE void follow_query(trail &t, const place &at, Query *query, Oid view, List *outer);

// The conditions of a query as one of its entries sees them.
SERVER_CODE const node *seen_by(const trail &t, List *outer, Query *query, Index entry, Oid relation,
                                AttrNumber tenant) {
  tree_walk w;
  w.book = t.book;
  w.of = subject_of(relation, tenant);
  for (int i = list_length(outer) - 1; i >= 0; i--) enter_query(w, static_cast<Query *>(list_nth(outer, i)));
  enter_query(w, query);
  w.own_entry = entry;
  w.own_depth = w.depth;
  return conditions_of(w, query);
}

SERVER_CODE void follow_entry(trail &t, place at, List *outer, Query *query, Index entry, Oid view) {
  const RangeTblEntry *named = rt_fetch(entry, query->rtable);
  if (named->relid == view) return;
  relation_facts facts;
  if (t.left-- <= 0 || !read_relation(named->relid, facts)) return;
  const AttrNumber tenant = t.tenants->column_of(named->relid);
  const bool on = facts.kind == RELKIND_VIEW || facts.kind == RELKIND_MATVIEW;
  if (!on && tenant == 0) return;
  const node *conditions = seen_by(t, outer, query, entry, named->relid, tenant);
  at.conditions = lappend(list_copy(at.conditions), const_cast<node *>(conditions));
  if (!on) {
    auto *r = static_cast<reading *>(palloc0(sizeof(reading)));
    *r = {named->relid, tenant,      at.reader,     at.as_owner, static_cast<int>(entry) == query->resultRelation,
          at.chain,     facts.label, at.conditions, at.barriers, at.stored,
          at.lent,      NIL};
    t.found = lappend(t.found, r);
    return;
  }
  Query *below = view_query(named->relid);
  if (below == nullptr || list_member_oid(t.around, named->relid)) return;
  at.chain = psprintf("%s -> %s", at.chain, facts.label);
  at.stored = at.stored || facts.kind == RELKIND_MATVIEW;
  if (!facts.invoker) at.reader = facts.owner, at.as_owner = true;
  if (!facts.invoker && facts.kind == RELKIND_VIEW) at.lent = lend(at.lent, facts.label);
  at.barriers = at.barriers && (facts.barrier || below->jointree->quals == nullptr);
  t.around = lappend_oid(t.around, named->relid);
  follow_query(t, at, below, named->relid, NIL);
  t.around = list_delete_oid(t.around, named->relid);
}

struct deeper {
  trail *along;
  const place *at;
  Oid view;
  List *outer;
};

// Queries inside a query: subqueries in FROM, in conditions, in WITH.
SERVER_CODE bool follow_nested(Node *n, void *context) {
  if (n == nullptr) return false;
  auto &d = *static_cast<deeper *>(context);
  if (IsA(n, Query)) {
    follow_query(*d.along, *d.at, castNode(Query, n), d.view, d.outer);
    return false;
  }
  return pg::walk_below(n, follow_nested, context);
}

SERVER_CODE void follow_query(trail &t, const place &at, Query *query, Oid view, List *outer) {
  check_stack_depth();
  for (int i = 1; i <= list_length(query->rtable); i++) {
    if (rt_fetch(i, query->rtable)->rtekind == RTE_RELATION)
      follow_entry(t, at, outer, query, static_cast<Index>(i), view);
  }
  deeper d{&t, &at, view, lcons(query, list_copy(outer))};
  pg::walk_query(query, follow_nested, &d);
}

// A row that a rule inserts is tied if its tenant column is.
SERVER_CODE List *written_tenant(const trail &t, Query *action, List *conditions) {
  if (action->commandType != CMD_INSERT || action->resultRelation == 0) return conditions;
  const Oid relation = rt_fetch(action->resultRelation, action->rtable)->relid;
  const AttrNumber tenant = t.tenants->column_of(relation);
  ListCell *cell;
  foreach (cell, action->targetList) {
    const auto *target = lfirst_node(TargetEntry, cell);
    if (tenant == 0 || target->resno != tenant) continue;
    tree_walk w;
    w.book = t.book;
    w.of = subject_of(relation, tenant);
    enter_query(w, action);
    w.own_depth = -1;
    node *column = new_node(w, kind::own);
    column->flags = review::tenant | not_null;
    column->text = "tenant";
    node *tied = new_node(w, kind::compare,
                          list_make2(column, const_cast<node *>(walk_tree(w, reinterpret_cast<Node *>(target->expr)))));
    tied->op = relation::equal;
    return lappend(conditions, tied);
  }
  return conditions;
}

}  // namespace

SERVER_CODE AttrNumber tenant_tables::column_of(Oid relation) const {
  for (int i = 0; i < relations.count && i < columns.count; i++)
    if (relations.each[i] == relation) return columns.each[i];
  return 0;
}

SERVER_CODE List *readings_of(const function_book &book, const tenant_tables &tenants, Oid relation, Oid asker) {
  relation_facts facts;
  if (!read_relation(relation, facts)) return NIL;
  trail t{&book, &tenants, asker};
  ListCell *cell, *each;
  foreach (cell, rules_of(relation)) {
    const auto *rule = static_cast<const stored_rule *>(lfirst(cell));
    const bool as_owner = !rule->is_view || !facts.invoker;
    foreach (each, rule->actions) {
      auto *query = lfirst_node(Query, each);
      const char *chain = rule->is_view ? facts.label : psprintf("%s, rule %s", facts.label, rule->name);
      place at{as_owner ? facts.owner : asker,
               as_owner,
               facts.barrier || query->jointree->quals == nullptr,
               facts.kind == RELKIND_MATVIEW,
               chain,
               "",
               NIL};
      if (rule->is_view && as_owner && facts.kind == RELKIND_VIEW) at.lent = lend("", facts.label);
      at.conditions = written_tenant(t, query, NIL);
      t.around = list_make1_oid(relation);
      follow_query(t, at, query, relation, NIL);
    }
  }
  return t.found;
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
