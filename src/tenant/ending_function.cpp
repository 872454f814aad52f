// Functions of Citus that end the server by what they are given, and that anybody may call: Citus 13.2 believes
// worker_split_copy() that there is a shard to be split into (signal 11 where there is none; without this library, and
// without a policy).  Citus calls it as a superuser.  Whoever is none does not.
#include "pg/postgres.hpp"
#include "pg/startup.hpp"
#include "tenant/cluster.hpp"

extern "C" {
#include "access/transam.h"
#include "catalog/objectaccess.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "miscadmin.h"
#include "utils/catcache.h"
#include "utils/inval.h"
#include "utils/syscache.h"
}

namespace primecloud::tenant {
namespace {

constexpr char ending[] = "worker_split_copy";

object_access_hook_type access_behind = nullptr;

// Which it is, of whatever arguments, until a function changes.
constexpr int most_of_a_name = 4;
struct {
  bool known = false;
  int count = 0;
  Oid each[most_of_a_name];
} functions;

SERVER_CODE void look_up() {
  functions.known = true;
  functions.count = 0;
  CatCList *named = SearchSysCacheList1(PROCNAMEARGSNSP, CStringGetDatum(ending));
  for (int i = 0; i < named->n_members && functions.count < most_of_a_name; i++) {
    const auto *function = reinterpret_cast<Form_pg_proc>(GETSTRUCT(&named->members[i]->tuple));
    if (function->pronamespace == PG_CATALOG_NAMESPACE) functions.each[functions.count++] = function->oid;
  }
  ReleaseSysCacheList(named);
}

SERVER_CODE bool may_end(Oid function) {
  if (!functions.known) look_up();
  for (int i = 0; i < functions.count; i++) {
    if (functions.each[i] == function) return true;
  }
  return false;
}

SERVER_CODE void call(ObjectAccessType access, Oid catalog, Oid object, int part, void *more) {
  if (access_behind != nullptr) access_behind(access, catalog, object, part, more);
  if (access != OAT_FUNCTION_EXECUTE || object < FirstNormalObjectId || !citus_is_loaded()) return;
  if (may_end(object) && !superuser())
    ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("only superusers call %s()", ending),
            errhint("It is for Citus itself, and may end the server."));
}

SERVER_CODE void watch_ending_functions() {
  access_behind = object_access_hook;
  object_access_hook = call;
  CacheRegisterSyscacheCallback(
      PROCOID, [](Datum, int, uint32) noexcept { functions.known = false; }, Datum{0});
}
const pg::startup watching_ending_functions{watch_ending_functions};

}  // namespace
}  // namespace primecloud::tenant
