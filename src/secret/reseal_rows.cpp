// reseal_rows: one batch of a reseal.  What is read and sealed anew is the extension's
// work; what is written is written as the table's owner (pg/owner_statement.hpp).
#include "pg/c_string.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/owned.hpp"
#include "pg/owner_statement.hpp"
#include "secret/reseal_gather.hpp"
#include "secret/sealed_scan.hpp"

extern "C" {
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/syscache.h"
}

namespace {
using namespace primecloud;
using secret::candidate;
using secret::gathered;

constexpr int most_rows = 50000;

struct table_name {
  const char *qualified, *column;
  Oid owner;
};

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

// Locks the rows that nobody else has.  A row that changed since it was read has another
// tid by now, and is left out too.
SERVER_CODE int lock_rows(const table_name &name, candidate *rows, int count) {
  Oid types[] = {TIDARRAYOID};
  Datum values[] = {tids_of(rows, count)};
  pg::run_as_owner(
      name.owner,
      psprintf("SELECT x.ctid FROM ONLY %s AS x WHERE x.ctid = ANY ($1) FOR NO KEY UPDATE SKIP LOCKED", name.qualified),
      1, types, values, true);
  return front(rows, count);
}

// A row that holds another envelope by now keeps it: the comparison is made again on the
// newest version of a row that somebody has just changed.
SERVER_CODE int write_rows(const table_name &name, candidate *rows, int count) {
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

SERVER_CODE ItemPointerData tid_of(int64 block, int32 offset) {
  if (block < 0 || block > MaxBlockNumber || offset < 0 || offset > MaxOffsetNumber) {
    ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
            errmsg("no such row in a table: (%lld,%d)", static_cast<long long>(block), offset));
  }
  ItemPointerData tid;
  ItemPointerSet(&tid, static_cast<BlockNumber>(block), static_cast<OffsetNumber>(offset));
  return tid;
}

// Next tid (block and offset), rows sealed anew, rows passed over since somebody else
// had them, rows that cannot be sealed anew.
SERVER_CODE std::tuple<int64, int32, int64, int64, pg::owned_jsonb> reseal_rows(
    pg::relation leaf, std::string_view column, std::string_view tenant_column, std::string_view id_column,
    std::string_view label, int64 block, int32 offset, int64 blocks, int32 most, bool careful,
    std::string_view refusal) {
  if (IsolationUsesXactSnapshot()) {
    ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
            errmsg("rows cannot be resealed in this transaction"),
            errhint("What was committed since it began would not be seen: use READ COMMITTED."));
  }
  if (most < 1 || most > most_rows)
    ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("a batch of %d rows", most),
            errhint("It has 1 to %d.", most_rows));
  Relation table = try_table_open(leaf.oid, RowExclusiveLock);
  if (table == nullptr) ereport(ERROR, errcode(ERRCODE_UNDEFINED_TABLE), errmsg("there is no table %u", leaf.oid));
  const secret::reseal_request request{leaf.oid,
                                       pg::c_string(column),
                                       pg::c_string(tenant_column),
                                       pg::c_string(id_column),
                                       label,
                                       tid_of(block, offset),
                                       static_cast<BlockNumber>(blocks),
                                       most,
                                       careful,
                                       refusal.empty() ? nullptr : pg::c_string(refusal)};
  const Snapshot snapshot = RegisterSnapshot(GetLatestSnapshot());
  gathered found = secret::gather_rows(table, snapshot, request);
  const table_name name{
      quote_qualified_identifier(get_namespace_name(RelationGetNamespace(table)), RelationGetRelationName(table)),
      quote_identifier(request.column), table->rd_rel->relowner};
  int done = 0, refused = 0;
  if (found.count > 0) {
    if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "could not connect to the SQL manager");
    const int free = careful ? lock_rows(name, found.rows, found.count) : found.count;
    if (free > 0) done = write_rows(name, found.rows, free);
    SPI_finish();
    // Locked and as they were, yet not written: a trigger of the table's has kept them.
    for (int i = done; careful && i < free; i++, refused++) {
      secret::note_problem(&found.problems, found.rows[i].tenant, found.rows[i].id, found.rows[i].key, "09000");
    }
  }
  UnregisterSnapshot(snapshot);
  table_close(table, NoLock);
  appendStringInfoChar(&found.problems, ']');
  const Datum problems = DirectFunctionCall1(jsonb_in, CStringGetDatum(found.problems.data));
  return {ItemPointerGetBlockNumberNoCheck(&found.next),
          ItemPointerGetOffsetNumberNoCheck(&found.next),
          done,
          found.locked + found.count - done - refused,
          {problems}};
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_reseal_rows, reseal_rows);
