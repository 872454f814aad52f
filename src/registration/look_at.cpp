// look_at(table): whether it can be looked at, with all below it, until this transaction ends.  What prints an
// expression or counts rows locks their table in ACCESS SHARE, and waits for whoever holds it: so that is taken first,
// or not at all.  is_free(table): whether it could be at this moment, for whoever looks at tables that are not his.
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

// One after the other, each locked before what is below it is asked for: it may be gone by then.
SERVER_CODE bool lock_tree(Oid rel) {
  if (!ConditionalLockRelationOid(rel, AccessShareLock)) return false;
  if (get_rel_name(rel) == nullptr) return true;
  const ListCell *cell;
  foreach (cell, find_inheritance_children(rel, NoLock))
    if (!lock_tree(lfirst_oid(cell))) return false;
  return true;
}

// For its owner: nobody else's table is locked by whoever asks.
SERVER_CODE bool look_at(pg::relation rel) noexcept {
  const char *name = get_rel_name(rel.oid);
  if (name == nullptr)
    ereport(ERROR, errcode(ERRCODE_UNDEFINED_TABLE), errmsg("there is no table %u", rel.oid),
            errhint("It was dropped meanwhile."));
  if (!pg::owns_relation(GetUserId(), rel.oid)) aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_TABLE, name);
  return lock_tree(rel.oid);
}

// Whether it, with all below it, could be looked at without waiting: for whoever asks, and nothing stays locked.
SERVER_CODE bool nobody_holds(Oid relation) {
  if (!ConditionalLockRelationOid(relation, AccessShareLock)) return false;
  const List *const below = get_rel_name(relation) == nullptr ? NIL : find_inheritance_children(relation, NoLock);
  UnlockRelationOid(relation, AccessShareLock);
  const ListCell *cell;
  foreach (cell, below)
    if (!nobody_holds(lfirst_oid(cell))) return false;
  return true;
}

SERVER_CODE bool is_free(pg::relation rel) noexcept { return nobody_holds(rel.oid); }

}  // namespace
}  // namespace primecloud::registration

PRIMECLOUD_FUNCTION(primecloud_look_at, primecloud::registration::look_at);
PRIMECLOUD_FUNCTION(primecloud_is_free, primecloud::registration::is_free);
