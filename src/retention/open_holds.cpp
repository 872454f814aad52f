#include "retention/open_holds.hpp"

#include <algorithm>

#include "retention/reach.hpp"

extern "C" {
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/syscache.h"
}

namespace primecloud::retention {
namespace {

// The columns of retention_hold and of known_table that are read here.
enum hold_column { id, held_schema, held_table, released_at = 9, gone_at = 13, reached_tables, columns };
enum known_column { relation, known_schema = 3, known_name, known_columns = 6 };

struct open_hold {
  int64 id;
  Datum schema, table, reached;  // reached: null where it was placed before anything was noted
  Oid relation;                  // none where nobody has looked since a restore
  bool seen;
};

struct question {
  Oid table;
  List *holds;
};

// (Nothing is held where the extension has been dropped meanwhile.)
template <class F>
SERVER_CODE void for_each_open_hold(Snapshot seen, F &&visit) {
  const Oid holds = pg::internal_table("retention_hold");
  if (!OidIsValid(holds)) return;
  pg::for_each_row<columns>(holds, seen, [&](const Datum *values, const bool *nulls) {
    if (nulls[released_at] && nulls[gone_at]) visit(values, nulls);
  });
}

SERVER_CODE List *holds_of_now() {
  List *all = NIL;
  const auto kept = [](Datum value) { return PointerGetDatum(PG_DETOAST_DATUM_COPY(value)); };
  for_each_open_hold(pg::snapshot_of_now(pg::internal_table("retention_hold")),
                     [&](const Datum *values, const bool *nulls) {
                       auto *hold = static_cast<open_hold *>(palloc0(sizeof(open_hold)));
                       hold->id = DatumGetInt64(values[id]);
                       hold->schema = kept(values[held_schema]);
                       hold->table = kept(values[held_table]);
                       if (!nulls[reached_tables]) hold->reached = kept(values[reached_tables]);
                       all = lappend(all, hold);
                     });
  return all;
}

template <class F>
SERVER_CODE void for_each_of(const List *holds, F &&visit) {
  const ListCell *cell;
  foreach (cell, holds) visit(*static_cast<open_hold *>(lfirst(cell)));
}

SERVER_CODE void note_seen(const List *holds, Snapshot seen) {
  for_each_open_hold(seen, [&](const Datum *values, const bool *) {
    for_each_of(holds, [&](open_hold &hold) { hold.seen = hold.seen || hold.id == DatumGetInt64(values[id]); });
  });
}

SERVER_CODE void find_tables(const List *holds) {
  const Oid known = pg::internal_table("known_table");
  pg::for_each_row<known_columns>(known, pg::snapshot_of_now(known), [&](const Datum *values, const bool *) {
    for_each_of(holds, [&](open_hold &hold) {
      if (pg::text_in(values[known_schema]) == pg::text_in(hold.schema) &&
          pg::text_in(values[known_name]) == pg::text_in(hold.table))
        hold.relation = DatumGetObjectId(values[relation]);
    });
  });
}

SERVER_CODE bool keeps_rows_of(const open_hold &hold, Oid table) {
  if (hold.reached == 0) return false;
  Datum *elements;
  int count;
  deconstruct_array(DatumGetArrayTypeP(hold.reached), OIDOID, sizeof(Oid), true, TYPALIGN_INT, &elements, nullptr,
                    &count);
  return std::any_of(elements, elements + count, [&](Datum each) { return DatumGetObjectId(each) == table; });
}

// Another table that is held is named to who has the rights of its owner.
SERVER_CODE const char *said_of(const open_hold &hold, Oid asked) {
  const HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(asked));
  const Oid owner = HeapTupleIsValid(tuple) ? reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->relowner : InvalidOid;
  if (HeapTupleIsValid(tuple)) ReleaseSysCache(tuple);
  if (!OidIsValid(owner) || get_rel_name(hold.relation) == nullptr || !pg::owns_relation(owner, hold.relation))
    return "another table";
  return psprintf("table %s", name_of(hold.relation));
}

[[noreturn]] SERVER_CODE void refuse(const open_hold &hold, Oid asked) {
  const char *table = name_of(asked);
  if (hold.relation == asked)
    ereport(ERROR, errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
            errmsg("a legal hold has been placed on table %s since this transaction began to delete", table),
            errhint("Nothing is deleted. Try again: what is held is refused by name then."));
  const char *other = said_of(hold, asked);
  ereport(ERROR, errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
          errmsg("a legal hold on %s keeps rows of table %s since this transaction began to delete", other, table),
          errhint("Nothing is deleted. Try again: what is held is refused by name then."));
  pg_unreachable();
}

SERVER_CODE void check_reached(const reached &found, void *context) {
  const auto *asked = static_cast<const question *>(context);
  if (!found.carried) return;
  for_each_of(asked->holds, [&](const open_hold &hold) {
    if ((found.fresh || !hold.seen) && OidIsValid(hold.relation) && is_part_of(found.table, hold.relation))
      refuse(hold, asked->table);
  });
}

}  // namespace

SERVER_CODE const char *name_of(Oid table) {
  const char *name = get_rel_name(table);
  return name == nullptr ? psprintf("%u", table)
                         : quote_qualified_identifier(get_namespace_name(get_rel_namespace(table)), name);
}

SERVER_CODE void refuse_being_held(Oid table) {
  ereport(ERROR, errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
          errmsg("a legal hold that keeps rows of table %s is being placed", name_of(table)),
          errhint("Nothing is deleted. Try again: what is held is refused by name then."));
  pg_unreachable();
}

SERVER_CODE void ask_once_more(Oid table, asker by, Snapshot seen) {
  question asked{table, holds_of_now()};
  if (asked.holds == NIL) return;
  note_seen(asked.holds, seen);
  find_tables(asked.holds);
  // (A batch holds off whoever places a hold on its own rows.)
  for_each_of(asked.holds, [&](const open_hold &hold) {
    if (by == asker::function && !hold.seen && keeps_rows_of(hold, table)) refuse(hold, table);
  });
  walk_reach(table, by == asker::batch, seen, check_reached, &asked);
}

}  // namespace primecloud::retention
