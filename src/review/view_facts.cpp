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
  bool as_owner, barriers, stored, rule;
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

// (A rule of a table has the row that it is about among its entries, under these names.)
bool is_old_or_new(const RangeTblEntry *named) {
  const char *alias = named->eref == nullptr ? "" : named->eref->aliasname;
  return strcmp(alias, "old") == 0 || strcmp(alias, "new") == 0;
}

SERVER_CODE void follow_entry(trail &t, place at, List *outer, Query *query, Index entry, Oid view) {
  const RangeTblEntry *named = rt_fetch(entry, query->rtable);
  if (named->relid == view && !(at.rule && !is_old_or_new(named))) return;
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
  at.rule = false;
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

}  // namespace

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
      if (query->commandType == CMD_UTILITY) continue;  // NOTIFY
      const char *chain = rule->is_view ? facts.label : psprintf("%s, rule %s", facts.label, rule->name);
      place at{as_owner ? facts.owner : asker,
               as_owner,
               facts.barrier || query->jointree->quals == nullptr,
               facts.kind == RELKIND_MATVIEW,
               !rule->is_view,
               chain,
               "",
               NIL};
      if (rule->is_view && as_owner && facts.kind == RELKIND_VIEW) at.lent = lend("", facts.label);
      at.conditions = written_tenant(book, tenants, query);
      t.around = list_make1_oid(relation);
      follow_query(t, at, query, relation, NIL);
    }
  }
  return t.found;
}

}  // namespace primecloud::review
