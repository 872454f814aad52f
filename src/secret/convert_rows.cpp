// convert_rows: a column filled from another, plaintext sealed into the second or envelopes opened into it, a
// range of pages at a time, while others write to the table (seal_column and unseal_column, online).  What is read is
// read without SQL, and what is written is written as the table's owner.
#include "pg/c_string.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/owner_statement.hpp"
#include "secret/audit.hpp"
#include "secret/convert_gather.hpp"
#include "secret/decrypt.hpp"
#include "secret/sealed_scan.hpp"

extern "C" {
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
}

namespace {
using namespace primecloud;

SERVER_CODE void write(secret::conversion &w) {
  if (w.count == 0) return;
  if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "could not connect to the SQL manager");
  // A row that nobody has changed since it was read, and nobody else is changing: others wait for the next time.
  const int free = secret::lock_rows(w.name, w.rows, w.count);
  const Oid passed = w.seals ? w.target_type : w.target_type == BYTEAOID ? BYTEAOID : TEXTOID;
  Oid types[] = {TIDARRAYOID, get_array_type(passed)};
  auto *tids = static_cast<Datum *>(palloc(sizeof(Datum) * static_cast<size_t>(free + 1)));
  auto *values = static_cast<Datum *>(palloc(sizeof(Datum) * static_cast<size_t>(free + 1)));
  for (int i = 0; i < free; i++) {
    tids[i] = PointerGetDatum(&w.rows[i].tid);
    values[i] = w.rows[i].after;
  }
  Datum arguments[] = {
      PointerGetDatum(construct_array(tids, free, TIDOID, sizeof(ItemPointerData), false, TYPALIGN_SHORT)),
      PointerGetDatum(construct_array(values, free, passed, -1, false, TYPALIGN_INT))};
  if (free > 0) {
    const int settings = NewGUCNestLevel();
    pg::detail::set_for_now("enable_hashjoin", "off");
    pg::detail::set_for_now("enable_mergejoin", "off");
    // A plan of its own would have the values in it, which auto_explain prints.
    pg::detail::set_for_now("plan_cache_mode", "force_generic_plan");
    pg::run_as_owner(w.name.owner,
                     psprintf("UPDATE ONLY %s AS x SET %s = v.after::%s FROM unnest($1, $2) AS v(tid, after) "
                              "WHERE x.ctid = v.tid",
                              w.name.qualified, w.name.column,
                              format_type_extended(w.target_type, w.target_typmod,
                                                   FORMAT_TYPE_TYPEMOD_GIVEN | FORMAT_TYPE_FORCE_QUALIFY)),
                     2, types, arguments, true);
    w.done += static_cast<int64>(SPI_processed);
    AtEOXact_GUC(false, settings);
  }
  if (!w.seals) {
    for (int i = 0; i < w.count; i++) secret::wipe(reinterpret_cast<varlena *>(DatumGetPointer(w.rows[i].after)));
    secret::wipe(reinterpret_cast<varlena *>(DatumGetPointer(arguments[1])));
  }
  SPI_finish();
  w.count = 0;
  w.bytes = 0;
}

SERVER_CODE void convert(secret::conversion &w, ItemPointerData first, ItemPointerData last) {
  const Snapshot snapshot = RegisterSnapshot(GetLatestSnapshot());
  TupleTableSlot *slot = table_slot_create(w.table, nullptr);
  TableScanDesc scan = table_beginscan_tidrange(w.table, snapshot, &first, &last);
  const MemoryContext outside = CurrentMemoryContext;
  MemoryContext batch = AllocSetContextCreate(outside, "rows to convert", ALLOCSET_DEFAULT_SIZES);
  MemoryContextSwitchTo(batch);
  while (table_scan_getnextslot_tidrange(scan, ForwardScanDirection, slot)) {
    CHECK_FOR_INTERRUPTS();
    secret::take_for_conversion(w, slot);
    if (w.count < secret::most_rows_to_convert && w.bytes < secret::most_bytes_to_convert) continue;
    write(w);
    MemoryContextReset(batch);
  }
  write(w);
  MemoryContextSwitchTo(outside);
  MemoryContextDelete(batch);
  table_endscan(scan);
  ExecDropSingleTupleTableSlot(slot);
  UnregisterSnapshot(snapshot);
}

SERVER_CODE ItemPointerData tid_at(int64 page) {
  ItemPointerData tid;
  ItemPointerSet(&tid, page < 0 ? 0 : page > MaxBlockNumber ? MaxBlockNumber : static_cast<BlockNumber>(page), 0);
  return tid;
}

// How many rows were to be filled, and how many have been.
SERVER_CODE std::tuple<int64, int64> convert_rows(pg::relation leaf, std::string_view source, std::string_view target,
                                                  std::string_view tenant_column, std::string_view id_column,
                                                  std::string_view label, int64 first_page, int64 end_page,
                                                  std::string_view otherwise) {
  if (IsolationUsesXactSnapshot()) {
    ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
            errmsg("rows cannot be converted in this transaction"),
            errhint("What was committed since it began would not be seen: use READ COMMITTED."));
  }
  Relation table = try_table_open(leaf.oid, RowExclusiveLock);
  if (table == nullptr)
    ereport(ERROR, errcode(ERRCODE_UNDEFINED_TABLE), errmsg("there is no table %u", leaf.oid),
            errhint("It was dropped meanwhile."));
  if (!has_privs_of_role(GetUserId(), table->rd_rel->relowner))
    aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_TABLE, RelationGetRelationName(table));
  secret::conversion w{};
  w.table = table;
  w.label = label;
  w.otherwise = secret::unopened_of(otherwise);
  w.name = {quote_qualified_identifier(get_namespace_name(RelationGetNamespace(table)), RelationGetRelationName(table)),
            quote_identifier(pg::c_string(target)), table->rd_rel->relowner};
  w.keys.begin();
  secret::prepare_conversion(w, pg::c_string(source), pg::c_string(target), pg::c_string(tenant_column),
                             pg::c_string(id_column));
  if (!w.seals) {
    secret::check_may_open(w.name.qualified, pg::c_string(source));
    secret::record_unsealing(
        label, psprintf("unsealed: column %s of %s", quote_identifier(pg::c_string(source)), w.name.qualified));
  }
  convert(w, tid_at(first_page), tid_at(end_page));
  table_close(table, NoLock);
  return {w.found, w.done};
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_convert_rows, convert_rows);
