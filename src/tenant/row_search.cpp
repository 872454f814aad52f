#include "tenant/row_search.hpp"

extern "C" {
#include "access/skey.h"
#include "access/stratnum.h"
}

namespace primecloud::tenant {
namespace {

SERVER_CODE void begin_through(row_scan &scan, Relation table, const key_index &by, Snapshot seen) {
  scan.index = index_open(by.index, AccessShareLock);
  ScanKeyData keys[most_keys];
  for (int i = 0; i < by.keys; i++) {
    const int key = by.key[i];
    ScanKeyEntryInitialize(&keys[i], 0, static_cast<AttrNumber>(i + 1), BTEqualStrategyNumber, InvalidOid,
                           scan.index->rd_indcollation[i], plain_equality(scan.search->column[key].type),
                           scan.search->wanted[key]);
  }
  scan.through = pg::begin_index_scan(table, scan.index, seen, by.keys);
  index_rescan(scan.through, keys, by.keys, nullptr, 0);
}

SERVER_CODE bool is_wanted(const row_search &search, TupleTableSlot *row) {
  for (int i = 0; i < search.keys; i++) {
    bool null;
    const Datum value = slot_getattr(row, search.column[i].number, &null);
    if (null || !plain_equals(search.column[i], value, search.wanted[i])) return false;
  }
  return true;
}

}  // namespace

row_scan begin_scan(Relation table, const row_search &search, Snapshot seen) {
  row_scan scan;
  scan.search = &search;
  scan.slot = table_slot_create(table, nullptr);
  const key_index by = choose_index(table, search.keys, search.column);
  if (OidIsValid(by.index))
    begin_through(scan, table, by, seen);
  else
    scan.whole = table_beginscan(table, seen, 0, nullptr);
  return scan;
}

TupleTableSlot *next_row(row_scan &scan) {
  while (scan.through != nullptr ? index_getnext_slot(scan.through, ForwardScanDirection, scan.slot)
                                 : table_scan_getnextslot(scan.whole, ForwardScanDirection, scan.slot)) {
    CHECK_FOR_INTERRUPTS();
    if (is_wanted(*scan.search, scan.slot)) return scan.slot;
  }
  return nullptr;
}

void end_scan(row_scan &scan) {
  if (scan.through != nullptr) {
    index_endscan(scan.through);
    index_close(scan.index, AccessShareLock);
  } else {
    table_endscan(scan.whole);
  }
  ExecDropSingleTupleTableSlot(scan.slot);
}

}  // namespace primecloud::tenant
