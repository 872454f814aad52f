// Where a statement starts: each asks first whether its context still holds
// (tenant/validity.hpp).
#include "pg/startup.hpp"
#include "tenant/validity.hpp"

extern "C" {
#include "access/xact.h"
#include "executor/executor.h"
#include "tcop/utility.h"
}

namespace primecloud::tenant {
namespace {

ExecutorStart_hook_type next_start = nullptr;
ExecutorRun_hook_type next_run = nullptr;
ProcessUtility_hook_type next_utility = nullptr;

// A portal may be bound in one message and run in another: each is a statement.
struct {
  const QueryDesc *query = nullptr;
  TimestampTz message = 0;
} started;

SERVER_CODE void start(QueryDesc *query, int flags) {
  check_context();
  started = {query, GetCurrentStatementStartTimestamp()};
  (next_start != nullptr ? next_start : standard_ExecutorStart)(query, flags);
}

SERVER_CODE void utility(PlannedStmt *statement, const char *text, bool read_only, ProcessUtilityContext context,
                         ParamListInfo parameters, QueryEnvironment *environment, DestReceiver *destination,
                         QueryCompletion *completion) {
  if (!IsA(statement->utilityStmt, TransactionStmt)) check_context();
  (next_utility != nullptr ? next_utility : standard_ProcessUtility)(statement, text, read_only, context, parameters,
                                                                     environment, destination, completion);
}

SERVER_CODE void watch_statements() {
  next_start = ExecutorStart_hook;
  ExecutorStart_hook = start;
  next_run = ExecutorRun_hook;
  ExecutorRun_hook = [](QueryDesc *query, ScanDirection direction, auto... rest) {
    if (query != started.query || GetCurrentStatementStartTimestamp() != started.message) check_context();
    (next_run != nullptr ? next_run : standard_ExecutorRun)(query, direction, rest...);
  };
  next_utility = ProcessUtility_hook;
  ProcessUtility_hook = utility;
}
const pg::startup watching{watch_statements};

}  // namespace
}  // namespace primecloud::tenant
