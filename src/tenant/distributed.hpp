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

// Refuses what would read the shell in the table's place.
SERVER_CODE inline void refuse_distributed(Relation table) {
  if (!is_distributed(RelationGetRelid(table))) return;
  ereport(
      ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
      errmsg("table \"%s\" is distributed", RelationGetRelationName(table)),
      errhint("Its rows lie on other servers, and are not found here: take it back with undistribute_table() first."));
}

}  // namespace primecloud::tenant
