// is_true_somewhere(leaf, column): by the column that says itself which rows are held, whether one is.
#include "pg/c_string.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/table.hpp"

extern "C" {
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
}

namespace primecloud::registration {
namespace {

SERVER_CODE bool look(Oid leaf, const char *column) {
  const AttrNumber number = get_attnum(leaf, column);
  if (get_rel_relkind(leaf) != RELKIND_RELATION || number <= 0 ||
      getBaseType(get_atttype(leaf, number)) != BOOLOID) return false;
  Relation table = table_open(leaf, AccessShareLock);
  const Snapshot snapshot = RegisterSnapshot(GetLatestSnapshot());
  TupleTableSlot *slot = table_slot_create(table, nullptr);
  TableScanDesc scan = table_beginscan(table, snapshot, 0, nullptr);
  bool found = false;
  while (!found && table_scan_getnextslot(scan, ForwardScanDirection, slot)) {
    CHECK_FOR_INTERRUPTS();
    bool null;
    const Datum stored = slot_getattr(slot, number, &null);
    found = !null && DatumGetBool(stored);
  }
  table_endscan(scan);
  ExecDropSingleTupleTableSlot(slot);
  UnregisterSnapshot(snapshot);
  table_close(table, AccessShareLock);
  return found;
}

bool is_true_somewhere(pg::relation leaf, std::string_view column) {
  return pg::guarded([&] { return look(leaf.oid, pg::c_string(column)); });
}

}  // namespace
}  // namespace primecloud::registration

PRIMECLOUD_FUNCTION(primecloud_is_true_somewhere, primecloud::registration::is_true_somewhere);
