#include "tenant/dropped_not_null.hpp"

#include "pg/row_version.hpp"

extern "C" {
#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/pg_constraint.h"
#include "utils/array.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
}

namespace primecloud {
namespace {

constexpr char not_null = 'n';  // what contype is from 18 on; earlier servers have no name for it

// One column: the server makes no other.
SERVER_CODE AttrNumber column_of(Relation constraints, HeapTuple row) {
  bool missing = false;
  const Datum columns = heap_getattr(row, Anum_pg_constraint_conkey, RelationGetDescr(constraints), &missing);
  if (missing) return InvalidAttrNumber;
  ArrayType *list = DatumGetArrayTypeP(columns);
  if (ArrayGetNItems(ARR_NDIM(list), ARR_DIMS(list)) != 1) return InvalidAttrNumber;
  return *reinterpret_cast<const int16 *>(ARR_DATA_PTR(list));
}

}  // namespace

std::optional<std::string_view> column_of_dropped_not_null(pg::relation table, const char *constraint) {
  NameData wanted;
  namestrcpy(&wanted, constraint);
  ScanKeyData keys[3];
  ScanKeyInit(&keys[0], Anum_pg_constraint_conrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(table.oid));
  ScanKeyInit(&keys[1], Anum_pg_constraint_contypid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(InvalidOid));
  ScanKeyInit(&keys[2], Anum_pg_constraint_conname, BTEqualStrategyNumber, F_NAMEEQ, NameGetDatum(&wanted));
  AttrNumber column = InvalidAttrNumber;
  Relation constraints = table_open(ConstraintRelationId, AccessShareLock);
  SysScanDesc rows = systable_beginscan(constraints, ConstraintRelidTypidNameIndexId, true, SnapshotAny, 3, keys);
  for (HeapTuple row = systable_getnext(rows); HeapTupleIsValid(row); row = systable_getnext(rows)) {
    const auto *form = reinterpret_cast<Form_pg_constraint>(GETSTRUCT(row));
    if (form->contype == not_null && pg::is_deleted_here(row)) column = column_of(constraints, row);
  }
  systable_endscan(rows);
  table_close(constraints, AccessShareLock);
  const char *name = column == InvalidAttrNumber ? nullptr : get_attname(table.oid, column, true);
  if (name == nullptr) return std::nullopt;
  return name;
}

}  // namespace primecloud
