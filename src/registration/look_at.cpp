// look_at(table): whether it can be looked at, with all below it, until this transaction ends.  What prints an
// expression or counts rows locks their table in ACCESS SHARE, and waits for whoever holds it: so that is taken first,
// or not at all.
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/server_version.hpp"

extern "C" {
#include "catalog/pg_inherits.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
}

namespace primecloud::registration {
namespace {

// For its owner: nobody else's table is locked by whoever asks.
SERVER_CODE bool look_at(pg::relation rel) noexcept {
  if (!pg::owns_relation(GetUserId(), rel.oid)) {
    const char *name = get_rel_name(rel.oid);
    aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_TABLE, name != nullptr ? name : "dropped by now");
  }
  const ListCell *cell;
  foreach (cell, find_all_inheritors(rel.oid, NoLock, nullptr))
    if (!ConditionalLockRelationOid(lfirst_oid(cell), AccessShareLock)) return false;
  return true;
}

}  // namespace
}  // namespace primecloud::registration

PRIMECLOUD_FUNCTION(primecloud_look_at, primecloud::registration::look_at);
