// What a worker of Citus runs for the coordinator, as the connection said when it began, and says still: what a session
// calls itself later does not count, and run_command_on_workers() calls itself something else.
#include "tenant/sent_by_node.hpp"

#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/past_policies.hpp"
#include "pg/startup.hpp"
#include "pg/table.hpp"

extern "C" {
#include "catalog/pg_namespace.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "tcop/utility.h"
#include "utils/guc.h"
}

namespace primecloud::tenant {

namespace {
bool is_nodes(const char *name) noexcept {
  return name != nullptr && std::string_view(name).starts_with("citus_internal gpid=");
}
}  // namespace

bool is_sent_by_node() {
  // (What RESET would bring back is what the connection began with.)
  if (!is_nodes(application_name) || !is_nodes(GetConfigOptionResetString("application_name"))) return false;
  // (What stands in pg_catalog a superuser has put there.)
  const Oid groups = get_relname_relid("pg_dist_local_group", PG_CATALOG_NAMESPACE);
  bool worker = false;
  if (OidIsValid(groups))
    pg::for_each_row<1>(groups, pg::snapshot_of_now(groups), [&](const Datum *values, const bool *nulls) {
      worker = worker || (!nulls[0] && DatumGetInt32(values[0]) != 0);
    });
  return worker;
}

namespace {

ProcessUtility_hook_type next_hook_sent_by_node = nullptr;

// A shard that is moved gets its foreign keys as its owner's, whom forced policies hold: the server's own query over
// both tables is past them, as it is in a plan of ours.
SERVER_CODE void run_sent(PlannedStmt *statement, const char *text, bool read_only, ProcessUtilityContext context,
                          ParamListInfo parameters, QueryEnvironment *environment, DestReceiver *destination,
                          QueryCompletion *completion) {
  const bool key = IsA(statement->utilityStmt, AlterTableStmt) && is_sent_by_node();
  if (key) pg::expect_key_check();
  (next_hook_sent_by_node != nullptr ? next_hook_sent_by_node : standard_ProcessUtility)(
      statement, text, read_only, context, parameters, environment, destination, completion);
  if (key) pg::expect_key_check_no_more();
}

SERVER_CODE void watch_sent() {
  next_hook_sent_by_node = ProcessUtility_hook;
  ProcessUtility_hook = run_sent;
}
const pg::startup watching_sent{watch_sent};

SERVER_CODE bool sent_by_node() noexcept { return is_sent_by_node(); }
}  // namespace
}  // namespace primecloud::tenant

using primecloud::tenant::sent_by_node;
PRIMECLOUD_FUNCTION(primecloud_sent_by_node, sent_by_node);
