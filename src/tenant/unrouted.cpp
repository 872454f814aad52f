// With citus.enable_router_execution off, which anybody may set, Citus 13.2 ends the process when it runs a prepared
// statement by a plan for any parameter (signal 11; without this library, and without a policy).  It is a setting for
// Citus' own tests.  Whoever is no superuser plans nothing by it.
#include "pg/server_version_settings.hpp"
#include "pg/startup.hpp"
#include "tenant/cluster.hpp"

extern "C" {
#include "miscadmin.h"
#include "optimizer/planner.h"
}

namespace primecloud::tenant {
namespace {

planner_hook_type planner_behind = nullptr;

SERVER_CODE bool is_unrouted() {
  static const config_generic *const setting = pg::find_setting("citus.enable_router_execution");
  if (setting == nullptr || setting->vartype != PGC_BOOL) return false;
  return !*reinterpret_cast<const config_bool *>(setting)->variable;
}

SERVER_CODE void watch_unrouted() {
  planner_behind = planner_hook;
  planner_hook = [](Query *query, auto... rest) {
    if (citus_is_loaded() && is_unrouted() && !superuser())
      ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
              errmsg("nothing is run while citus.enable_router_execution is off"),
              errhint("RESET citus.enable_router_execution: it is for tests of Citus itself, and may end the server."));
    return (planner_behind != nullptr ? planner_behind : standard_planner)(query, rest...);
  };
}
const pg::startup watching_unrouted{watch_unrouted};

}  // namespace
}  // namespace primecloud::tenant
