// Where a statement starts: each asks first whether its context still holds
// (tenant/validity.hpp).
#include "pg/startup.hpp"
#include "tenant/carried_setting.hpp"
#include "tenant/known_keys.hpp"
#include "tenant/question.hpp"
#include "tenant/repeated_set.hpp"
#include "tenant/validity.hpp"

extern "C" {
#include "access/xact.h"
#include "catalog/objectaccess.h"
#include "executor/executor.h"
#include "tcop/pquery.h"
#include "tcop/utility.h"
}

namespace primecloud::tenant {
namespace {

ExecutorStart_hook_type next_start = nullptr;
ExecutorRun_hook_type next_run = nullptr;
ProcessUtility_hook_type next_utility = nullptr;
object_access_hook_type next_access = nullptr;

// A portal may be bound in one message and run in another: each is a statement.
struct {
  const QueryDesc *query = nullptr;
  TimestampTz message = 0;
} started;

SERVER_CODE void check_start(const QueryDesc *query) {
  check_context();
  check_question(query->plannedstmt);
}

SERVER_CODE void start(QueryDesc *query, int flags) {
  check_start(query);
  started = {query, GetCurrentStatementStartTimestamp()};
  (next_start != nullptr ? next_start : standard_ExecutorStart)(query, flags);
}

SERVER_CODE void utility(PlannedStmt *statement, const char *text, bool read_only, ProcessUtilityContext context,
                         ParamListInfo parameters, QueryEnvironment *environment, DestReceiver *destination,
                         QueryCompletion *completion) {
  if (IsA(statement->utilityStmt, VariableSetStmt))
    note_renamed(reinterpret_cast<const VariableSetStmt *>(statement->utilityStmt));
  const bool begins_or_ends = IsA(statement->utilityStmt, TransactionStmt);
  if (begins_or_ends) hide_carried();
  if (!begins_or_ends && !is_sending_statement(text)) check_context();
  (next_utility != nullptr ? next_utility : standard_ProcessUtility)(statement, text, read_only, context, parameters,
                                                                     environment, destination, completion);
}

// A function that a message of the protocol calls by itself: no portal is there, and no statement starts.  (So it is
// where a plan folds constants, at no great cost.)
SERVER_CODE void call(ObjectAccessType access, Oid catalog, Oid object, int part, void *more) {
  if (next_access != nullptr) next_access(access, catalog, object, part, more);
  if (access == OAT_FUNCTION_EXECUTE && ActivePortal == nullptr) check_context();
}

SERVER_CODE void watch_statements() {
  next_access = object_access_hook;
  object_access_hook = call;
  next_start = ExecutorStart_hook;
  ExecutorStart_hook = start;
  next_run = ExecutorRun_hook;
  ExecutorRun_hook = [](QueryDesc *query, ScanDirection direction, auto... rest) {
    if (query != started.query || GetCurrentStatementStartTimestamp() != started.message) check_start(query);
    check_bound_context(query->plannedstmt);
    (next_run != nullptr ? next_run : standard_ExecutorRun)(query, direction, rest...);
  };
  next_utility = ProcessUtility_hook;
  ProcessUtility_hook = utility;
}
const pg::startup watching_statement_start{watch_statements};

}  // namespace
}  // namespace primecloud::tenant
