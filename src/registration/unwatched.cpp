// What fires no event trigger, and gives tables another owner, or their owner another name.
#include "pg/as_superuser.hpp"
#include "pg/startup.hpp"
#include "pg/table.hpp"

extern "C" {
#include "access/xact.h"
#include "nodes/parsenodes.h"
#include "tcop/utility.h"
}

namespace primecloud::registration {
namespace {

ProcessUtility_hook_type next_hook = nullptr;

bool changes_owners(const Node *command) noexcept {
  if (IsA(command, ReassignOwnedStmt)) return true;
  return IsA(command, RenameStmt) && reinterpret_cast<const RenameStmt *>(command)->renameType == OBJECT_ROLE;
}

SERVER_CODE void follow() {
  if (!OidIsValid(pg::internal_table("open_hold"))) return;
  CommandCounterIncrement();
  pg::as_superuser([] { pg::run("SELECT primecloud_internal.follow(false)", 0, nullptr, nullptr); });
}

SERVER_CODE void look(PlannedStmt *statement, const char *text, bool read_only, ProcessUtilityContext context,
                      ParamListInfo parameters, QueryEnvironment *environment, DestReceiver *destination,
                      QueryCompletion *completion) {
  (next_hook != nullptr ? next_hook : standard_ProcessUtility)(statement, text, read_only, context, parameters,
                                                               environment, destination, completion);
  if (changes_owners(statement->utilityStmt)) follow();
}

SERVER_CODE void watch_server() {
  next_hook = ProcessUtility_hook;
  ProcessUtility_hook = look;
}
const pg::startup watching{watch_server};

}  // namespace
}  // namespace primecloud::registration
