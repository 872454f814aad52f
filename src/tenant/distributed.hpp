// Whether Citus has spread a table over other servers: what reads a table's own rows finds
// none in the shell that is left.  Server code.
#pragma once

#include "pg/table.hpp"

extern "C" {
#include "catalog/pg_namespace.h"
}

namespace primecloud::tenant {

SERVER_CODE inline bool is_distributed(Oid table) {
  const Oid list = get_relname_relid("pg_dist_partition", PG_CATALOG_NAMESPACE);
  const AttrNumber number = OidIsValid(list) ? get_attnum(list, "logicalrelid") : InvalidAttrNumber;
  if (number == InvalidAttrNumber) return false;
  bool found = false;
  pg::for_each_row<1>(list, pg::snapshot_of_now(list), [&](const Datum *values, const bool *nulls) {
    found = found || (!nulls[number - 1] && DatumGetObjectId(values[number - 1]) == table);
  });
  return found;
}

}  // namespace primecloud::tenant
