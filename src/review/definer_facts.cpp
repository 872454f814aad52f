// Which tables of tenants a SECURITY DEFINER function reads past their policies: by its own words, through views, and
// by what it calls.
#include "review/definer_facts.hpp"
#include "review/body_calls.hpp"

extern "C" {
#include "catalog/pg_class.h"
#include "utils/builtins.h"
#include "utils/regproc.h"
}

namespace primecloud::review {
namespace {

struct search {
  const definer_search &of;
  List *visited = NIL, *found = NIL;
};

SERVER_CODE void keep(search &s, const reading &r, bool past) {
  auto *kept = static_cast<past_reading *>(palloc(sizeof(past_reading)));
  *kept = {r, past};
  s.found = lappend(s.found, kept);
}

// (Whoever may write a table alone writes past its policies.)
SERVER_CODE void note_table(search &s, Oid relation, Oid reader, const char *chain, const relation_facts &facts) {
  const AttrNumber tenant = s.of.tenants.column_of(relation);
  if (tenant == 0 || privileges_of(reader, relation) == 0) return;
  reading r{};
  r.relation = relation;
  r.tenant = tenant;
  r.reader = reader;
  r.as_owner = true;
  r.chain = chain;
  r.label = facts.label;
  keep(s, r, !is_held(reader, facts) || reads_past_policies(s.of.book, r, s.of.who));
}

SERVER_CODE void note_view(search &s, Oid relation, Oid reader, const char *chain) {
  if ((privileges_of(reader, relation) & may_read) == 0) return;
  ListCell *cell;
  foreach (cell, readings_of(s.of.book, s.of.tenants, relation, reader)) {
    reading r = *static_cast<const reading *>(lfirst(cell));
    r.chain = *chain == '\0' ? r.chain : psprintf("%s -> %s", chain, r.chain);
    r.as_owner = true;
    const bool past = reads_past_policies(s.of.book, r, s.of.who);
    keep(s, r, past || r.stored);
  }
}

// (What runs as somebody else and is open to the app is looked at by itself.)
SERVER_CODE bool is_called_by_app(const search &s, Oid function) {
  for (std::size_t asker = 0; asker < s.of.who.count; asker++)
    if (pg::may_execute(s.of.who.roles[asker], function)) return true;
  return false;
}

SERVER_CODE void follow_body(search &s, Oid function, Oid reader, const char *chain) {
  check_stack_depth();
  ListCell *cell;
  foreach (cell, relations_named(function, s.of.home)) {
    relation_facts facts;
    if (!read_relation(lfirst_oid(cell), facts)) continue;
    const bool view = facts.kind == RELKIND_VIEW || facts.kind == RELKIND_MATVIEW;
    if (view)
      note_view(s, lfirst_oid(cell), reader, chain);
    else
      note_table(s, lfirst_oid(cell), reader, chain, facts);
  }
  foreach (cell, asked_by_body(function, s.of.home).functions) {
    const Oid called = lfirst_oid(cell);
    runner as;
    if (list_member_oid(s.visited, called) || list_length(s.visited) > 100 || !read_runner(called, as)) continue;
    s.visited = lappend_oid(s.visited, called);
    if ((as.definer && is_called_by_app(s, called)) || facts_of_body(called).context.any) continue;
    const char *label = format_procedure(called);
    follow_body(s, called, as.for_role(reader), *chain == '\0' ? label : psprintf("%s -> %s", chain, label));
  }
}

}  // namespace

SERVER_CODE List *read_by_definer(const definer_search &of, Oid function, Oid owner) {
  search s{of};
  s.visited = list_make1_oid(function);
  follow_body(s, function, owner, "");
  return s.found;
}

}  // namespace primecloud::review
