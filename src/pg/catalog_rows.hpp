// Rows of a catalog by an oid in the first column of an index, as they are now.  Server code.
#pragma once

#include "pg/postgres.hpp"

extern "C" {
#include "access/genam.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"
}

namespace primecloud::pg {

// Calls visit(tuple, descriptor); it owns nothing, since it may raise an error.
template <class F>
SERVER_CODE void for_each_catalog_row(Oid catalog, Oid index, AttrNumber column, Oid value, F &&visit) {
  ScanKeyData key;
  ScanKeyInit(&key, column, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(value));
  Relation table = table_open(catalog, AccessShareLock);
  SysScanDesc scan = systable_beginscan(table, index, true, nullptr, 1, &key);
  for (HeapTuple tuple = systable_getnext(scan); HeapTupleIsValid(tuple); tuple = systable_getnext(scan))
    visit(tuple, RelationGetDescr(table));
  systable_endscan(scan);
  table_close(table, AccessShareLock);
}

}  // namespace primecloud::pg
