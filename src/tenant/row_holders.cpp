// Who holds a row: the transactions that have locked or changed it and not ended.  For what acts against a
// tenant, and is not to wait for as long as that tenant likes.
#include "pg/server_function.hpp"
#include "pg/startup.hpp"

extern "C" {
#include "access/heapam.h"
#include "access/multixact.h"
#include "access/subtrans.h"
#include "access/table.h"
#include "access/transam.h"
#include "access/xact.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "storage/bufmgr.h"
#include "storage/procarray.h"
#include "utils/array.h"
#include "utils/guc.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
}

namespace {
using namespace primecloud;

int preempt_after = 2000;
SERVER_CODE void define_row_holders_settings() {
  DefineCustomIntVariable("primecloud.preempt_after",
                          "Time that a command which takes something away waits for whom it is taken from.",
                          "Then the session that holds it up is ended.  0: it waits.", &preempt_after, 2000, 0, 3600000,
                          PGC_SUSET, GUC_UNIT_MS, nullptr, nullptr, nullptr);
}
const pg::startup row_holders_settings{define_row_holders_settings};

struct holders {
  Datum *found;  // of int8: a backend's pid, or minus a transaction that is prepared
  int count = 0;
};

SERVER_CODE void note(holders &all, TransactionId one) {
  if (!TransactionIdIsNormal(one) || TransactionIdPrecedes(one, TransactionXmin)) return;
  const TransactionId top = SubTransGetTopmostTransaction(one);
  if (TransactionIdIsCurrentTransactionId(top) || !TransactionIdIsInProgress(top)) return;
  const int pid = BackendXidGetPid(top);
  all.found[all.count++] = Int64GetDatum(pid != 0 ? int64{pid} : -int64{top});
}

struct lock_word {
  TransactionId xmax = InvalidTransactionId;
  uint16 mask = HEAP_XMAX_INVALID;
};

// What a row's header says, under the page's lock.
SERVER_CODE lock_word read_header(Relation table, const ItemPointerData *place) {
  lock_word said;
  HeapTupleData row;
  Buffer page;
  ItemPointerCopy(place, &row.t_self);
  if (ItemPointerGetBlockNumberNoCheck(place) >= RelationGetNumberOfBlocks(table)) return said;
  if (!heap_fetch(table, SnapshotAny, &row, &page, false)) return said;
  LockBuffer(page, BUFFER_LOCK_SHARE);
  said = {HeapTupleHeaderGetRawXmax(row.t_data), row.t_data->t_infomask};
  LockBuffer(page, BUFFER_LOCK_UNLOCK);
  ReleaseBuffer(page);
  return said;
}

SERVER_CODE holders holders_of(lock_word said) {
  holders all{static_cast<Datum *>(palloc(sizeof(Datum)))};
  if ((said.mask & HEAP_XMAX_INVALID) != 0) return all;
  if ((said.mask & HEAP_XMAX_IS_MULTI) == 0) {
    note(all, said.xmax);
    return all;
  }
  MultiXactMember *members = nullptr;
  const int count = GetMultiXactIdMembers(said.xmax, &members, false, HEAP_XMAX_IS_LOCKED_ONLY(said.mask));
  all.found = static_cast<Datum *>(palloc(sizeof(Datum) * static_cast<size_t>(count > 0 ? count : 1)));
  for (int i = 0; i < count; i++) note(all, members[i].xid);
  return all;
}

SERVER_CODE Datum row_holders(FunctionCallInfo fcinfo) noexcept {
  Relation table = table_open(PG_GETARG_OID(0), AccessShareLock);
  if (table->rd_rel->relkind != RELKIND_RELATION || table->rd_rel->relam != HEAP_TABLE_AM_OID)
    ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE),
            errmsg("\"%s\" is no table of rows that can be held", RelationGetRelationName(table)));
  const holders all = holders_of(read_header(table, reinterpret_cast<const ItemPointerData *>(PG_GETARG_POINTER(1))));
  table_close(table, AccessShareLock);
  return PointerGetDatum(
      construct_array(all.found, all.count, INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}
}  // namespace

PRIMECLOUD_SERVER_FUNCTION(primecloud_row_holders, row_holders);
