// Where the rows of a view come from, and as whom they are read.  Server code.
#pragma once

#include "review/tree_policies.hpp"
#include "review/view_tree.hpp"

namespace primecloud::review {

// Tables with a tenant column, which are looked for.
struct tenant_tables {
  pg::array_view<Oid> relations;
  pg::array_view<int16> columns;
  SERVER_CODE AttrNumber column_of(Oid relation) const;
};

// A relation that a query names, and what is known of how it is read there.
struct reading {
  Oid relation;
  AttrNumber tenant;
  Oid reader;         // whose rights count; the owner of the nearest view that is no invoker
  bool as_owner;      // of a view; else as whoever asks
  bool written;       // by a rule
  const char *chain;  // of views
  const char *label;
  List *conditions;    // nodes: of each query on the way that names it, with the columns of it as own ones
  bool barriers;       // each view on the way that has a condition is a barrier
  bool stored;         // behind a materialized view
  const char *lent;    // what makes each view on the way an invoker
  List *own_policies;  // nodes: what lets the reader through and none of those who ask
};

// All tenant tables below a view, matview or rule, by every way; not more than `most`.
SERVER_CODE List *readings_of(const function_book &book, const tenant_tables &tenants, Oid relation, Oid asker);

// A row that a rule inserts is tied if its tenant column is: the comparison, as a condition.
SERVER_CODE List *written_tenant(const function_book &book, const tenant_tables &tenants, Query *action);

// Whether the reader may read the table and no policy holds it; if one does, `own_policies` tells what it is shown
// beside.
SERVER_CODE bool reads_past_policies(const function_book &book, reading &r, const askers &who);

// Whether conditions on the way bind it to who asks; whether its own policies show the reader more.  No server code.
bool is_tied(nursery &made, const reading &r);
bool is_shown_more(nursery &made, const reading &r);

}  // namespace primecloud::review
