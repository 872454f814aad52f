#include "secret/reveal_row.hpp"

#include "pg/row_beside.hpp"
#include "pg/table.hpp"
#include "tenant/context.hpp"

extern "C" {
#include "access/genam.h"
#include "access/xact.h"
#include "commands/sequence.h"
#include "utils/timestamp.h"
}

namespace primecloud::secret {
namespace {

enum column { id, at, session_role, user_id, tenant, label, row_id, purpose, key_id, columns };

SERVER_CODE Datum text_datum(std::string_view text) { return PointerGetDatum(pg::copy_varlena(pg::octets(text))); }

SERVER_CODE Relation open_log(LOCKMODE mode) {
  const Oid oid = pg::extension_table("reveal_log");
  if (!OidIsValid(oid))
    ereport(ERROR, errcode(ERRCODE_UNDEFINED_TABLE), errmsg("the table of reveals is missing"),
            errhint("It is part of the extension: restore the database, or make the extension anew."));
  Relation table = table_open(oid, mode);
  if (RelationGetDescr(table)->natts != columns) elog(ERROR, "primecloud.reveal_log has unexpected columns");
  return table;
}

// Of a sequence, whatever the client has said that it will write.
SERVER_CODE int64 next_id() {
  const bool read_only = XactReadOnly;
  XactReadOnly = false;
  const int64 next = nextval_internal(pg::internal_table("reveal_log_id"), false);
  XactReadOnly = read_only;  // after an error the server sets it
  return next;
}

SERVER_CODE void fill(TupleTableSlot *slot, const reveal &what, const char *role) {
  const context_record *context = tenant::current();
  ExecClearTuple(slot);
  memset(slot->tts_isnull, 0, sizeof(bool) * columns);
  slot->tts_values[id] = Int64GetDatum(next_id());
  slot->tts_values[at] = TimestampTzGetDatum(GetCurrentTimestamp());
  slot->tts_values[session_role] = CStringGetTextDatum(role);
  slot->tts_isnull[user_id] = context == nullptr;
  slot->tts_values[user_id] = context == nullptr ? Datum{0} : text_datum(context->user());
  slot->tts_values[tenant] = text_datum(what.tenant);
  slot->tts_values[label] = text_datum(what.label);
  slot->tts_values[row_id] = text_datum(what.row_id);
  slot->tts_values[purpose] = text_datum(what.purpose);
  slot->tts_values[key_id] = Int64GetDatum(what.key_id);
  ExecStoreVirtualTuple(slot);
}

}  // namespace

SERVER_CODE void write_reveal_row(const reveal &what, const char *role) {
  Relation table = open_log(RowExclusiveLock);
  TupleTableSlot *slot = table_slot_create(table, nullptr);
  fill(slot, what, role);
  pg::insert_beside(table, slot);
  ExecDropSingleTupleTableSlot(slot);
  table_close(table, NoLock);
}

// From the newest backwards: ids are given in order.
SERVER_CODE int count_reveals(const char *role, TimestampTz since, int most) {
  Relation table = open_log(AccessShareLock);
  Relation index = index_open(pg::extension_table("reveal_log_pkey"), AccessShareLock);
  const Snapshot snapshot = RegisterSnapshot(pg::snapshot_of_now(RelationGetRelid(table)));
  SysScanDesc rows = systable_beginscan_ordered(table, index, snapshot, 0, nullptr);
  int found = 0;
  while (found < most) {
    const HeapTuple row = systable_getnext_ordered(rows, BackwardScanDirection);
    if (!HeapTupleIsValid(row)) break;
    CHECK_FOR_INTERRUPTS();
    Datum values[columns];
    bool nulls[columns];
    heap_deform_tuple(row, RelationGetDescr(table), values, nulls);
    if (DatumGetTimestampTz(values[at]) < since) break;
    if (pg::text_in(values[session_role]) == role) found++;
  }
  systable_endscan_ordered(rows);
  UnregisterSnapshot(snapshot);
  index_close(index, AccessShareLock);
  table_close(table, AccessShareLock);
  return found;
}

}  // namespace primecloud::secret
