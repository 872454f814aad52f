// By the column that says itself which rows are held: whether one is (is_true_somewhere), and that it stays then.
#include "registration/hold_column.hpp"

#include "pg/as_superuser.hpp"
#include "pg/c_string.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/table.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "parser/parse_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
}

namespace primecloud::registration {
namespace {

// Whether ALTER TYPE leaves the values as they are.
SERVER_CODE bool leaves_values(Oid table, const AlterTableCmd *part) {
  const auto *wanted = reinterpret_cast<const ColumnDef *>(part->def);
  if (wanted->raw_default != nullptr) return false;
  const Type type = LookupTypeName(nullptr, wanted->typeName, nullptr, true);
  if (type == nullptr) return true;  // of which the server says so
  const Oid found = typeTypeId(type);
  ReleaseSysCache(type);
  const AttrNumber number = get_attnum(table, part->name);
  return number != InvalidAttrNumber && get_atttype(table, number) == found;
}

SERVER_CODE bool look(Oid leaf, const char *column) {
  const AttrNumber number = get_attnum(leaf, column);
  if (get_rel_relkind(leaf) != RELKIND_RELATION || number <= 0 || getBaseType(get_atttype(leaf, number)) != BOOLOID)
    return false;
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

SERVER_CODE void check_hold_columns(const AlterTableStmt *statement) {
  const auto most = static_cast<size_t>(list_length(statement->cmds)) + 1;
  auto *names = static_cast<Datum *>(palloc0(sizeof(Datum) * most));
  auto *what = static_cast<Datum *>(palloc0(sizeof(Datum) * most));
  const Oid table = RangeVarGetRelid(statement->relation, NoLock, true);
  if (!OidIsValid(table) || !pg::owns_relation(GetUserId(), table)) return;
  int count = 0;
  const ListCell *cell;
  foreach (cell, statement->cmds) {
    const auto *part = lfirst_node(AlterTableCmd, cell);
    const bool drops = part->subtype == AT_DropColumn;
    if (part->name == nullptr || (!drops && part->subtype != AT_AlterColumnType)) continue;
    if (!drops && (!IsA(part->def, ColumnDef) || leaves_values(table, part))) continue;
    names[count] = CStringGetTextDatum(part->name);
    what[count++] = CStringGetTextDatum(drops ? "dropped" : "given another type or computed anew");
  }
  if (count == 0) return;
  pg::as_superuser([&] {
    const Oid types[] = {OIDOID, TEXTARRAYOID, TEXTARRAYOID};
    Datum values[] = {ObjectIdGetDatum(table),
                      PointerGetDatum(construct_array(names, count, TEXTOID, -1, false, TYPALIGN_INT)),
                      PointerGetDatum(construct_array(what, count, TEXTOID, -1, false, TYPALIGN_INT))};
    pg::run("SELECT primecloud_internal.check_hold_columns($1, $2, $3)", 3, types, values);
  });
}

}  // namespace primecloud::registration

PRIMECLOUD_FUNCTION(primecloud_is_true_somewhere, primecloud::registration::is_true_somewhere);
