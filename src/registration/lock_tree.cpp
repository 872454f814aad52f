// lock_tree(table): who places a hold waits for whoever is about to drop, empty or take apart the
// table or a part of it, and they for him.
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/table.hpp"

extern "C" {
#include "catalog/pg_inherits.h"
#include "storage/lmgr.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
}

namespace primecloud::registration {
namespace {

SERVER_CODE pg::nothing lock_tree(pg::relation rel) noexcept {
  const Oid table = rel.oid;
  const char *name = get_rel_name(table);
  // Before the first half of DETACH PARTITION ... CONCURRENTLY or after it, which takes no lock that the next would
  // wait for.
  LockDatabaseObject(pg::internal_table("known_table"), table, 0, ShareLock);
  LockRelationOid(table, AccessShareLock);
  if (name == nullptr || !SearchSysCacheExists1(RELOID, ObjectIdGetDatum(table))) {
    ereport(ERROR, errcode(ERRCODE_UNDEFINED_TABLE),
            errmsg("table \"%s\" does not exist any more", name != nullptr ? name : ""),
            errhint("It was dropped meanwhile."));
  }
  list_free(find_all_inheritors(table, AccessShareLock, nullptr));
  return {};
}

}  // namespace
}  // namespace primecloud::registration

PRIMECLOUD_FUNCTION(primecloud_lock_tree, primecloud::registration::lock_tree);
