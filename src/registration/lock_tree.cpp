// lock_tree(table): who places a hold waits for whoever is about to drop, empty or take apart the
// table or a part of it, and they for him.
#include "pg/server_function.hpp"

extern "C" {
#include "catalog/pg_inherits.h"
#include "storage/lmgr.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
}

namespace primecloud::registration {
namespace {

SERVER_CODE Datum lock_tree(FunctionCallInfo fcinfo) noexcept {
  const Oid table = PG_GETARG_OID(0);
  const char *name = get_rel_name(table);
  LockRelationOid(table, AccessShareLock);
  if (name == nullptr || !SearchSysCacheExists1(RELOID, ObjectIdGetDatum(table))) {
    ereport(ERROR, errcode(ERRCODE_UNDEFINED_TABLE),
            errmsg("table \"%s\" does not exist any more", name != nullptr ? name : ""));
  }
  list_free(find_all_inheritors(table, AccessShareLock, nullptr));
  return BoolGetDatum(true);
}

}  // namespace
}  // namespace primecloud::registration

PRIMECLOUD_SERVER_FUNCTION(primecloud_lock_tree, primecloud::registration::lock_tree);
