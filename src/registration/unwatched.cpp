// What fires no event trigger: TRUNCATE, which empties tables that hold what must stay and is looked at
// before it runs, and what gives tables another owner, or their owner another name.
#include "pg/as_superuser.hpp"
#include "pg/startup.hpp"
#include "pg/table.hpp"
#include "secret/settings.hpp"

extern "C" {
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "nodes/parsenodes.h"
#include "tcop/utility.h"
#include "utils/acl.h"
#include "utils/array.h"
}

namespace primecloud::registration {
namespace {

ProcessUtility_hook_type next_hook = nullptr;

// Whom the server lets empty none of them gets the server's own answer.
SERVER_CODE Datum tables_of(const TruncateStmt *statement, int *count) {
  auto *found = static_cast<Datum *>(palloc(sizeof(Datum) * static_cast<size_t>(list_length(statement->relations))));
  const ListCell *cell;
  *count = 0;
  foreach (cell, statement->relations) {
    const Oid table = RangeVarGetRelid(lfirst_node(RangeVar, cell), NoLock, true);
    if (!OidIsValid(table) || pg_class_aclcheck(table, GetUserId(), ACL_TRUNCATE) != ACLCHECK_OK) continue;
    found[(*count)++] = ObjectIdGetDatum(table);
  }
  return PointerGetDatum(construct_array(found, *count, OIDOID, sizeof(Oid), true, TYPALIGN_INT));
}

SERVER_CODE void refuse_held(const TruncateStmt *statement) {
  if (secret::allow_drop || !OidIsValid(pg::internal_table("open_hold"))) return;
  int count;
  const Datum tables = tables_of(statement, &count);
  if (count == 0) return;
  pg::as_superuser([&] {
    const Oid types[] = {OIDARRAYOID, BOOLOID};
    Datum values[] = {tables, BoolGetDatum(statement->behavior == DROP_CASCADE)};
    pg::run("SELECT primecloud_internal.check_truncate($1, $2)", 2, types, values);
  });
}

// Which fires no event trigger either.
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
  if (IsA(statement->utilityStmt, TruncateStmt))
    refuse_held(reinterpret_cast<const TruncateStmt *>(statement->utilityStmt));
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
