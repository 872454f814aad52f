#include "registration/lock_named.hpp"

extern "C" {
#include "access/xact.h"
#include "catalog/catalog.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "utils/acl.h"
}

namespace primecloud::registration {
namespace {

SERVER_CODE bool may_empty(Oid table) {
  const char kind = get_rel_relkind(table);
  return (kind == RELKIND_RELATION || kind == RELKIND_PARTITIONED_TABLE) && !IsCatalogRelationOid(table) &&
         pg_class_aclcheck(table, GetUserId(), ACL_TRUNCATE) == ACLCHECK_OK;
}

// Asked again where the name or the right went to another while the lock was waited for.
SERVER_CODE void look_again(const RangeVar *, Oid table, Oid, void *) {
  if (OidIsValid(table) && !may_empty(table))
    aclcheck_error(ACLCHECK_NO_PRIV, get_relkind_objtype(get_rel_relkind(table)), get_rel_name(table));
}

}  // namespace

SERVER_CODE void lock_named(const TruncateStmt *statement) {
  if (XactReadOnly || !OidIsValid(pg::internal_table("open_hold"))) return;
  const ListCell *cell;
  foreach (cell, statement->relations) {
    const auto *name = lfirst_node(RangeVar, cell);
    const Oid table = RangeVarGetRelid(name, NoLock, true);
    if (!OidIsValid(table) || !may_empty(table)) return;
    RangeVarGetRelidExtended(name, AccessExclusiveLock, RVR_MISSING_OK, look_again, nullptr);
  }
}

}  // namespace primecloud::registration
