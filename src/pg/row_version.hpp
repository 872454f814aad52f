// Two versions of a row, as a trigger has them; and the one that there is by now.  Server code.
#pragma once

#include "pg/postgres.hpp"

extern "C" {
#include "access/htup_details.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
}

namespace primecloud::pg {

// Values that are the same byte for byte are; a value that lies elsewhere is not fetched where both are one.
SERVER_CODE inline bool changed(Relation table, TupleTableSlot *before, TupleTableSlot *after, AttrNumber number) {
  bool was_null, is_null;
  const Datum was = slot_getattr(before, number, &was_null), is = slot_getattr(after, number, &is_null);
  if (was_null || is_null) return was_null != is_null;
  const auto *column = TupleDescAttr(RelationGetDescr(table), number - 1);
  if (column->attlen == -1) {
    const auto *a = DatumGetPointer(was), *b = DatumGetPointer(is);
    if (VARATT_IS_EXTERNAL(a) && VARATT_IS_EXTERNAL(b) && VARSIZE_EXTERNAL(a) == VARSIZE_EXTERNAL(b) &&
        memcmp(a, b, VARSIZE_EXTERNAL(a)) == 0)
      return false;
  }
  return !datum_image_eq(was, is, column->attbyval, column->attlen);
}

// Of a row that SnapshotAny sees: whether this transaction has deleted it, and not written it anew.
SERVER_CODE inline bool is_deleted_here(HeapTuple row) {
  return (row->t_data->t_infomask & HEAP_XMAX_INVALID) == 0 && !HEAP_XMAX_IS_LOCKED_ONLY(row->t_data->t_infomask) &&
         ItemPointerEquals(&row->t_self, &row->t_data->t_ctid) &&
         TransactionIdIsCurrentTransactionId(HeapTupleHeaderGetUpdateXid(row->t_data));
}

// The row by now: where the check is deferred, or another trigger came first, it may have been written once more since,
// and that statement asked about what it changed alone.  nullptr where it is gone.
SERVER_CODE inline TupleTableSlot *as_it_is_now(Relation table, TupleTableSlot *row) {
  if (table_tuple_satisfies_snapshot(table, row, SnapshotSelf)) return row;
  ItemPointerData latest = row->tts_tid;
  TableScanDesc scan = table_beginscan_tid(table, SnapshotSelf);
  table_tuple_get_latest_tid(scan, &latest);
  table_endscan(scan);
  TupleTableSlot *now = table_slot_create(table, nullptr);
  if (table_tuple_fetch_row_version(table, &latest, SnapshotSelf, now)) return now;
  ExecDropSingleTupleTableSlot(now);
  return nullptr;
}

}  // namespace primecloud::pg
