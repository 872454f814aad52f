// Statements that stock PostgreSQL leaves open to a role that many tenants share, and that
// stop all of them: changing the role itself, and locking a table against the others.
#include "pg/role_name.hpp"
#include "pg/startup.hpp"
#include "tenant/role_kind.hpp"

extern "C" {
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "storage/lockdefs.h"
#include "tcop/utility.h"
#include "utils/acl.h"
#include "utils/syscache.h"
}

namespace primecloud::tenant {
namespace {

ProcessUtility_hook_type next_hook_role_statements = nullptr;

// A password, a limit or a setting of the role is every later login's, whoever's it is.  (The log need not have it.)
SERVER_CODE void refuse_own_change(const RoleSpec *changed) {
  const Oid role = changed == nullptr ? InvalidOid : get_rolespec_oid(changed, true);
  // CURRENT_USER and SESSION_USER may have been dropped: the server itself would not find their row, and call that its
  // own fault.
  if (OidIsValid(role) && !SearchSysCacheExists1(AUTHOID, ObjectIdGetDatum(role)))
    ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("role \"%s\" does not exist", pg::role_name(role)),
            errhint("It was dropped while this session went on: connect again."));
  if (role != GetUserId() || kind_of_role(role) == role_kind::other) return;
  ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
          errmsg("role \"%s\" does not change itself", pg::role_name(role)),
          errhint("Its password, settings and limits are every login's: a superuser changes them."), errhidestmt(true));
}

// What a command of ours locks, it locks as its owner; whom the application has become by SET
// ROLE locks as the application.
SERVER_CODE Oid application() {
  if (GetUserId() != GetOuterUserId()) return InvalidOid;
  if (kind_of_role(GetUserId()) == role_kind::app) return GetUserId();
  return kind_of_role(GetSessionUserId()) == role_kind::app ? GetSessionUserId() : InvalidOid;
}

SERVER_CODE void refuse_lock(const LockStmt *statement) {
  const Oid role = statement->mode <= RowShareLock ? InvalidOid : application();
  if (!OidIsValid(role)) return;
  ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
          errmsg("role \"%s\" may lock no table above ROW SHARE mode", pg::role_name(role)),
          errhint("The table is every tenant's.  Lock the rows that you mean: SELECT ... FOR UPDATE."));
}

SERVER_CODE void look(PlannedStmt *statement, const char *text, bool read_only, ProcessUtilityContext context,
                      ParamListInfo parameters, QueryEnvironment *environment, DestReceiver *destination,
                      QueryCompletion *completion) {
  const Node *command = statement->utilityStmt;
  if (!superuser()) {
    if (IsA(command, AlterRoleStmt)) refuse_own_change(reinterpret_cast<const AlterRoleStmt *>(command)->role);
    if (IsA(command, AlterRoleSetStmt)) refuse_own_change(reinterpret_cast<const AlterRoleSetStmt *>(command)->role);
    if (IsA(command, LockStmt)) refuse_lock(reinterpret_cast<const LockStmt *>(command));
  }
  (next_hook_role_statements != nullptr ? next_hook_role_statements : standard_ProcessUtility)(
      statement, text, read_only, context, parameters, environment, destination, completion);
}

SERVER_CODE void watch_role_statements() {
  next_hook_role_statements = ProcessUtility_hook;
  ProcessUtility_hook = look;
}
const pg::startup watching_role_statements{watch_role_statements};

}  // namespace
}  // namespace primecloud::tenant
