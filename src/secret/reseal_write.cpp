#include "secret/reseal_write.hpp"

#include <utility>

#include "pg/owner_statement.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
}

namespace primecloud::secret {
namespace {

SERVER_CODE Datum array_of(const candidate *rows, int count, Oid type, int size, char alignment,
                           Datum (*part)(const candidate &)) {
  auto *values = static_cast<Datum *>(palloc(sizeof(Datum) * static_cast<size_t>(count)));
  for (int i = 0; i < count; i++) values[i] = part(rows[i]);
  return PointerGetDatum(construct_array(values, count, type, size, false, alignment));
}
SERVER_CODE Datum tids_of(const candidate *rows, int count) {
  return array_of(rows, count, TIDOID, sizeof(ItemPointerData), TYPALIGN_SHORT,
                  [](const candidate &row) { return PointerGetDatum(const_cast<ItemPointerData *>(&row.tid)); });
}

SERVER_CODE int by_tid(const void *a, const void *b) {
  return ItemPointerCompare(static_cast<ItemPointer>(const_cast<void *>(a)),
                            static_cast<ItemPointer>(const_cast<void *>(b)));
}

// Moves the rows whose tids the last statement gave to the front: how many.
SERVER_CODE int front(candidate *rows, int count) {
  const auto found = static_cast<int>(SPI_processed);
  auto *given = static_cast<ItemPointerData *>(palloc(sizeof(ItemPointerData) * static_cast<size_t>(found + 1)));
  for (int i = 0; i < found; i++) {
    bool null;
    given[i] = *reinterpret_cast<ItemPointer>(
        DatumGetPointer(SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &null)));
  }
  qsort(given, static_cast<size_t>(found), sizeof(ItemPointerData), by_tid);
  // The candidates are in the order of their tids, as they were read.
  int kept = 0;
  for (int i = 0, next = 0; i < count && next < found; i++) {
    CHECK_FOR_INTERRUPTS();
    while (next < found && ItemPointerCompare(&given[next], &rows[i].tid) < 0) next++;
    if (next < found && ItemPointerEquals(&given[next], &rows[i].tid)) std::swap(rows[kept++], rows[i]);
  }
  return kept;
}

}  // namespace

int lock_rows(const table_name &name, candidate *rows, int count) {
  Oid types[] = {TIDARRAYOID};
  Datum values[] = {tids_of(rows, count)};
  pg::run_as_owner(
      name.owner,
      psprintf("SELECT x.ctid FROM ONLY %s AS x WHERE x.ctid = ANY ($1) FOR NO KEY UPDATE SKIP LOCKED", name.qualified),
      1, types, values, true);
  return front(rows, count);
}

int write_rows(const table_name &name, candidate *rows, int count) {
  const Oid type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum("sealed"),
                                   ObjectIdGetDatum(get_namespace_oid("primecloud", false)));
  Oid types[] = {TIDARRAYOID, BYTEAARRAYOID, get_array_type(type)};
  Datum values[] = {tids_of(rows, count),
                    array_of(rows, count, BYTEAOID, -1, TYPALIGN_INT, [](const candidate &row) { return row.before; }),
                    array_of(rows, count, type, -1, TYPALIGN_INT, [](const candidate &row) { return row.after; })};
  // Row by row, by its tid: for a large batch the planner would rather hash the whole
  // table, which in every batch again costs more than all the rest.
  const int settings = NewGUCNestLevel();
  pg::detail::set_for_now("enable_hashjoin", "off");
  pg::detail::set_for_now("enable_mergejoin", "off");
  pg::run_as_owner(name.owner,
                   psprintf("UPDATE ONLY %s AS x SET %s = v.after FROM unnest($1, $2, $3) AS v(tid, before, after) "
                            "WHERE x.ctid = v.tid AND primecloud_internal.sealed_send(x.%s) = v.before RETURNING v.tid",
                            name.qualified, name.column, name.column),
                   3, types, values, true);
  AtEOXact_GUC(false, settings);
  return front(rows, count);
}

}  // namespace primecloud::secret
