// What policies ask: tables that anybody may write, and their own again.
#include "review/tree_policies.hpp"

#include "pg/catalog_rows.hpp"

extern "C" {
#include "access/htup_details.h"
#include "catalog/indexing.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
}

namespace primecloud::review {
namespace {

// What is in a part is in the table, and what goes into a table may end in a part of it: both ways, however far.
SERVER_CODE List *with_relatives(List *tables) {
  for (int i = 0; i < list_length(tables); i++) {
    const Oid one = list_nth_oid(tables, i);
    const auto add = [&](HeapTuple tuple, TupleDesc) {
      const auto *row = reinterpret_cast<const FormData_pg_inherits *>(GETSTRUCT(tuple));
      tables = list_append_unique_oid(tables, row->inhrelid == one ? row->inhparent : row->inhrelid);
    };
    pg::for_each_catalog_row(InheritsRelationId, InheritsParentIndexId, Anum_pg_inherits_inhparent, one, add);
    pg::for_each_catalog_row(InheritsRelationId, InheritsRelidSeqnoIndexId, Anum_pg_inherits_inhrelid, one, add);
  }
  return tables;
}

// A table that is asked, or a part or a parent of one, has no row security and may be written by one of those whom the
// policy is for.
SERVER_CODE const char *writable(const List *read, const askers &who, const bool *applies) {
  List *tables = NIL;
  ListCell *cell;
  foreach (cell, read) {
    tables = list_concat_unique_oid(tables, tables_below(lfirst_oid(cell)));
  }
  tables = with_relatives(tables);
  foreach (cell, tables) {
    relation_facts facts;
    if (!read_relation(lfirst_oid(cell), facts) || facts.secured) continue;
    if (facts.kind != RELKIND_RELATION && facts.kind != RELKIND_PARTITIONED_TABLE) continue;
    for (std::size_t asker = 0; asker < who.count; asker++) {
      if (applies[asker] && (privileges_of(who.roles[asker], lfirst_oid(cell)) & ~may_read) != 0) return facts.label;
    }
  }
  return nullptr;
}

// By the policy itself, or by what a function that it calls reads, and what that calls.
SERVER_CODE void look_for_writable(const function_book &book, const asked &below, const askers &who, policy &out) {
  const char *found = writable(below.relations, who, out.applies);
  ListCell *cell;
  foreach (cell, below.functions) {
    List *called = list_make1_oid(lfirst_oid(cell));
    for (int i = 0; found == nullptr && i < list_length(called) && i < 50; i++) {
      const asked more = asked_by(book, list_nth_oid(called, i));
      found = writable(more.relations, who, out.applies);
      if (found != nullptr) out.writable_by = facts_of(book, lfirst_oid(cell))->label;
      called = list_concat_unique_oid(called, more.functions);
    }
  }
  if (found != nullptr) out.writable = found;
}

SERVER_CODE void look_for_recursion(const function_book &book, const asked &below, const askers &who, Oid relation,
                                    const stored_policy &stored, const char *label, policy &out) {
  for (std::size_t asker = 0; asker < who.count; asker++) {
    if (!out.applies[asker]) continue;
    const way back = way_back(book, who.roles[asker], below, relation, stored, label);
    if (back.said == nullptr) continue;
    out.recursion = back.said;
    out.recursion_by_call = back.by_call;
    return;
  }
}

}  // namespace

SERVER_CODE void look_at_asked(const function_book &book, const asked &below, const askers &who, Oid relation,
                               const stored_policy &stored, const char *label, policy &out) {
  look_for_writable(book, below, who, out);
  look_for_recursion(book, below, who, relation, stored, label, out);
}

}  // namespace primecloud::review
