#include "secret/reveal_row.hpp"

#include "pg/table.hpp"
#include "tenant/context.hpp"

extern "C" {
#include "access/genam.h"
#include "access/xact.h"
#include "catalog/index.h"
#include "commands/sequence.h"
#include "executor/executor.h"
#include "utils/timestamp.h"
}

namespace primecloud::secret {
namespace {

enum column { id, at, session_role, user_id, tenant, label, row_id, purpose, key_id, columns };

SERVER_CODE Datum text_datum(std::string_view text) { return PointerGetDatum(pg::copy_varlena(pg::octets(text))); }

SERVER_CODE Relation open_log(LOCKMODE mode) {
  const Oid oid = pg::extension_table("reveal_log");
  if (!OidIsValid(oid)) ereport(ERROR, errcode(ERRCODE_UNDEFINED_TABLE), errmsg("the table of reveals is missing"));
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

// A constraint that the DBA has added holds here too.
SERVER_CODE void check_constraints(Relation table, TupleTableSlot *slot) {
  const TupleConstr *constraints = RelationGetDescr(table)->constr;
  if (constraints == nullptr || constraints->num_check == 0) return;
  EState *state = CreateExecutorState();
  ResultRelInfo *target = makeNode(ResultRelInfo);
  InitResultRelInfo(target, table, 0, nullptr, 0);
  ExecConstraints(target, slot, state);
  FreeExecutorState(state);
}

SERVER_CODE void insert_into_indexes(Relation table, TupleTableSlot *slot) {
  List *indexes = RelationGetIndexList(table);
  ListCell *cell;
  foreach (cell, indexes) {
    Relation index = index_open(lfirst_oid(cell), RowExclusiveLock);
    IndexInfo *info = BuildIndexInfo(index);
    if (info->ii_Expressions != NIL || info->ii_Predicate != NIL) {
      ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
              errmsg("index \"%s\" of primecloud.reveal_log is not of plain columns", RelationGetRelationName(index)),
              errhint("Drop it: rows of this table are written beside the executor."));
    }
    Datum values[INDEX_MAX_KEYS];
    bool nulls[INDEX_MAX_KEYS];
    FormIndexDatum(info, slot, nullptr, values, nulls);
    index_insert(index, values, nulls, &slot->tts_tid, table,
                 index->rd_index->indisunique ? UNIQUE_CHECK_YES : UNIQUE_CHECK_NO, false, info);
    index_close(index, NoLock);
  }
  list_free(indexes);
}

}  // namespace

SERVER_CODE void write_reveal_row(const reveal &what, const char *role) {
  Relation table = open_log(RowExclusiveLock);
  TupleTableSlot *slot = table_slot_create(table, nullptr);
  fill(slot, what, role);
  check_constraints(table, slot);
  table_tuple_insert(table, slot, GetCurrentCommandId(true), TABLE_INSERT_FROZEN, nullptr);
  insert_into_indexes(table, slot);
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
