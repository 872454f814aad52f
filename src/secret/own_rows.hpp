// On a server that has shards: what the session that asks from another server has written here itself, in a transaction
// that has not ended.  Citus has it in connections of their own, and what asks is in one more.  That session waits for
// the answer, so nothing of it changes meanwhile.
// Server code.
#pragma once

#include "pg/array_view.hpp"
#include "tenant/row_search.hpp"

extern "C" {
#include "access/htup_details.h"
#include "access/subtrans.h"
#include "executor/executor.h"
#include "storage/procarray.h"
#include "utils/snapmgr.h"
}

namespace primecloud::secret {

struct own_rows {
  pg::array_view<int64> processes;  // of that session, which write
  ItemPointerData *ended = nullptr;
  int count = 0, room = 0;
};

SERVER_CODE inline bool is_own(const own_rows &own, TransactionId writer) {
  if (!TransactionIdIsValid(writer)) return false;
  const int process = BackendXidGetPid(SubTransGetTopmostTransaction(writer));
  for (const int64 each : own.processes)
    if (process != 0 && each == process) return true;
  return false;
}

SERVER_CODE inline void note_ended(own_rows &own, const TupleTableSlot *row) {
  if (own.count == own.room) {
    own.room = own.room * 2 + 4;
    const auto size = sizeof(ItemPointerData) * static_cast<std::size_t>(own.room);
    own.ended = static_cast<ItemPointerData *>(own.ended == nullptr ? palloc(size) : repalloc(own.ended, size));
  }
  own.ended[own.count++] = row->tts_tid;
}

// Whether that session has deleted or changed a row that others see.
SERVER_CODE inline bool is_ended(const own_rows &own, const TupleTableSlot *row) {
  for (int i = 0; i < own.count; i++)
    if (ItemPointerEquals(&own.ended[i], const_cast<ItemPointer>(&row->tts_tid))) return true;
  return false;
}

// Whether a row that it has made has been deleted or changed since: by itself, since nobody else sees it.
SERVER_CODE inline bool is_made_in_vain(TupleTableSlot *row) {
  if (!TTS_IS_BUFFERTUPLE(row)) return false;
  bool copied;
  const HeapTupleHeader head = ExecFetchSlotHeapTuple(row, false, &copied)->t_data;
  if ((head->t_infomask & HEAP_XMAX_INVALID) != 0 || HEAP_XMAX_IS_LOCKED_ONLY(head->t_infomask)) return false;
  return TransactionIdIsInProgress(HeapTupleHeaderGetUpdateXid(head));
}

// Rows that it has made in a table, for `look_at`; those that it has ended are noted.
template <class F>
SERVER_CODE void read_own(own_rows &own, Relation table, const tenant::row_search &search, F look_at) {
  own.count = 0;
  SnapshotData seen;
  InitDirtySnapshot(seen);
  tenant::row_scan scan = tenant::begin_scan(table, search, &seen);
  while (TupleTableSlot *row = tenant::next_row(scan)) {
    const TransactionId made = seen.xmin, ended = seen.xmax;
    if (is_own(own, ended))
      note_ended(own, row);
    else if (is_own(own, made) && !is_made_in_vain(row))
      look_at(row);
  }
  tenant::end_scan(scan);
}

}  // namespace primecloud::secret
