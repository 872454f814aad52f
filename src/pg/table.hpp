// Reading a small configuration table of the extension directly: no SPI, no
// privileges, no row-level security, no search_path that a caller could bend.
#pragma once

#include "pg/varlena.hpp"

extern "C" {
#include "access/table.h"
#include "access/tableam.h"
#include "catalog/namespace.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
}

namespace primecloud::pg {

// The extension's own table of that name, in the schema of callers or behind it; InvalidOid where it is not installed.
SERVER_CODE inline Oid table_in(const char *schema, const char *name) {
  const Oid space = get_namespace_oid(schema, true);
  return OidIsValid(space) ? get_relname_relid(name, space) : InvalidOid;
}
SERVER_CODE inline Oid extension_table(const char *name) { return table_in("primecloud", name); }
SERVER_CODE inline Oid internal_table(const char *name) { return table_in("primecloud_internal", name); }

// What has been committed by now, and what this transaction has done, whatever its own
// snapshot sees; also in a parallel worker, where GetLatestSnapshot() is an error.
SERVER_CODE inline Snapshot snapshot_of_now(Oid table) { return GetNonHistoricCatalogSnapshot(table); }

// Calls visit(slot) for every row that a snapshot sees.  The slot is valid during the call.
// `visit` must own nothing with a destructor when it may raise a server error.
template <class F>
SERVER_CODE void for_each_slot(Oid table_oid, Snapshot seen, F &&visit, int columns = 0) {
  Relation table = table_open(table_oid, AccessShareLock);
  if (RelationGetDescr(table)->natts < columns)
    elog(ERROR, "table \"%s\" has too few columns", RelationGetRelationName(table));
  const Snapshot snapshot = RegisterSnapshot(seen);
  TupleTableSlot *slot = table_slot_create(table, nullptr);
  TableScanDesc scan = table_beginscan(table, snapshot, 0, nullptr);
  while (table_scan_getnextslot(scan, ForwardScanDirection, slot)) visit(slot);
  table_endscan(scan);
  ExecDropSingleTupleTableSlot(slot);
  UnregisterSnapshot(snapshot);
  table_close(table, AccessShareLock);
}

// Calls visit(values, nulls) in the same way.
template <int columns, class F>
SERVER_CODE void for_each_row(Oid table_oid, Snapshot seen, F &&visit) {
  const auto take_apart = [&](TupleTableSlot *slot) {
    slot_getallattrs(slot);
    visit(slot->tts_values, slot->tts_isnull);
  };
  for_each_slot(table_oid, seen, take_apart, columns);
}

// The same for what the statement itself sees.
template <int columns, class F>
SERVER_CODE void for_each_row(Oid table_oid, F &&visit) {
  for_each_row<columns>(table_oid, ActiveSnapshotSet() ? GetActiveSnapshot() : GetTransactionSnapshot(),
                        static_cast<F &&>(visit));
}

}  // namespace primecloud::pg
