// What the bodies of functions read and write, by what they call too, and whether they ask who comes.
#include "pg/array_view.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/rows.hpp"
#include "review/body_calls.hpp"
#include "review/tree_relation.hpp"

extern "C" {
#include "catalog/pg_class.h"
#include "catalog/pg_proc.h"
}

namespace primecloud::review {
namespace {

// which of the functions, a table, whether it is written or read, whether the body asks for a context
using body_rows = pg::rows<std::tuple<int32, pg::relation, bool, bool>>;

struct body_tables {
  List *read, *written;
  bool asks;
};

SERVER_CODE List *tables_of(const List *relations) {
  List *found = NIL;
  ListCell *cell;
  foreach (cell, relations) found = list_concat_unique_oid(found, tables_below(lfirst_oid(cell)));
  return found;
}

body_rows bodies(pg::array_view<Oid> functions) {
  body_rows rows;
  for (int i = 0; i < functions.count; i++) {
    const body_tables of = pg::guarded([&] {
      const asked found = asked_in_the_end(functions.each[i]);
      return body_tables{tables_of(found.relations), tables_of(found.written),
                         facts_of_body(functions.each[i]).context.any};
    });
    for (int each = 0; each < list_length(of.read); each++)
      rows.emplace_back(i + 1, pg::relation{list_nth_oid(of.read, each)}, false, of.asks);
    for (int each = 0; each < list_length(of.written); each++)
      rows.emplace_back(i + 1, pg::relation{list_nth_oid(of.written, each)}, true, of.asks);
  }
  return rows;
}

// catalog, object: what the body of a function that is a text calls and reads
using called_rows = pg::rows<std::tuple<Oid, Oid>>;

called_rows called(Oid function, Oid home) {
  called_rows rows;
  const asked found = pg::guarded([&] {
    runner as;
    return body_text(function) != nullptr && read_runner(function, as) ? asked_by_body(function, home) : asked{};
  });
  for (int i = 0; i < list_length(found.functions); i++)
    rows.emplace_back(ProcedureRelationId, list_nth_oid(found.functions, i));
  for (int i = 0; i < list_length(found.relations); i++)
    rows.emplace_back(RelationRelationId, list_nth_oid(found.relations, i));
  return rows;
}

PRIMECLOUD_FUNCTION(primecloud_review_bodies, bodies);
PRIMECLOUD_FUNCTION(primecloud_review_called, called);

}  // namespace
}  // namespace primecloud::review
