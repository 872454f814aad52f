// reseal_rows: one batch of a reseal.  What is read and sealed anew is the extension's
// work; what is written is written as the table's owner (secret/reseal_write.hpp).
#include "pg/c_string.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/owned.hpp"
#include "secret/reseal_gather.hpp"
#include "secret/reseal_write.hpp"
#include "secret/sealed_scan.hpp"

extern "C" {
#include "access/xact.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
}

namespace {
using namespace primecloud;
using secret::gathered;

constexpr int most_rows = 50000;

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
  if (table == nullptr)
    ereport(ERROR, errcode(ERRCODE_UNDEFINED_TABLE), errmsg("there is no table %u", leaf.oid),
            errhint("It was dropped meanwhile."));
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
  const secret::table_name name{
      quote_qualified_identifier(get_namespace_name(RelationGetNamespace(table)), RelationGetRelationName(table)),
      quote_identifier(request.column), table->rd_rel->relowner};
  int done = 0, refused = 0;
  if (found.count > 0) {
    if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "could not connect to the SQL manager");
    const int free = careful ? secret::lock_rows(name, found.rows, found.count) : found.count;
    if (free > 0) done = secret::write_rows(name, found.rows, free);
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
