#include "tenant/traces.hpp"

#include "core/tenant/identity.hpp"
#include "pg/postgres.hpp"
#include "pg/startup.hpp"
#include "tenant/context.hpp"
#include "tenant/named_objects.hpp"
#include "tenant/temporary_objects.hpp"
#include "tenant/validity.hpp"

extern "C" {
#include "access/xact.h"
#include "commands/async.h"
#include "commands/sequence.h"
#include "tcop/utility.h"
#include "utils/guc.h"
#include "utils/hsearch.h"
#include "utils/portal.h"
#include "utils/snapmgr.h"
}

namespace primecloud::tenant {
namespace {

// Tenant and user, each with its end, so that no two pairs read the same.
struct identity_text {
  char bytes[2 * (longest_identifier + 1)] = {};

  identity_text() = default;
  identity_text(const char *tenant, const char *user) noexcept {
    strlcpy(bytes, tenant == nullptr ? "" : tenant, longest_identifier + 1);
    strlcpy(bytes + longest_identifier + 1, user, longest_identifier + 1);
  }
  friend bool operator==(const identity_text &a, const identity_text &b) noexcept {
    return memcmp(a.bytes, b.bytes, sizeof a.bytes) == 0;
  }
};

bool keep_session_objects = false;

// Whose traces this backend may hold.  `pending` is cleaned for, and not committed yet:
// a clean-up that is rolled back brings the temporary tables back.
struct {
  bool known = false;
  identity_text owner;
  bool pending_known = false;
  identity_text pending;
} traces;

// Whether anybody has prepared a statement by SQL, or held a cursor open, since the last
// clean-up.  Unknown is yes: the library may have been loaded after it, where it was not before the first statement.
struct {
  bool prepared = true;
  bool held = true;
} left_behind;

ProcessUtility_hook_type next_hook_traces = nullptr;

SERVER_CODE void note_utility(PlannedStmt *statement, const char *text, bool read_only, ProcessUtilityContext context,
                              ParamListInfo parameters, QueryEnvironment *environment, DestReceiver *destination,
                              QueryCompletion *completion) {
  const Node *command = statement->utilityStmt;
  if (IsA(command, PrepareStmt)) left_behind.prepared = true;
  if (IsA(command, DeclareCursorStmt) &&
      (reinterpret_cast<const DeclareCursorStmt *>(command)->options & CURSOR_OPT_HOLD) != 0)
    left_behind.held = true;
  (next_hook_traces != nullptr ? next_hook_traces : standard_ProcessUtility)(
      statement, text, read_only, context, parameters, environment, destination, completion);
}

void forget_owner() noexcept { traces.known = traces.pending_known = false; }

// Whether a cursor WITH HOLD is about to outlive the transaction: at COMMIT the server has
// persisted those, and only those are ready.
SERVER_CODE bool cursor_is_held() {
  if (ThereAreNoReadyPortals()) return false;
  // It leaves its scan of the portals open where it finds one; no other is open at COMMIT.
  AtEOXact_HashTables(false);
  return true;
}

// The context ends with the transaction, and so does what was read in it: a client that
// enters nobody passes no clean-up on its way to what is left.
SERVER_CODE void leave_nothing() {
  if (current() == nullptr || keep_session_objects || superuser_arg(GetSessionUserId())) return;
  const bool held = cursor_is_held();
  const bool temporary = (MyXactFlags & XACT_FLAGS_ACCESSEDTEMPNAMESPACE) != 0;
  if (!held && !temporary) return;
  pause_checks(true);  // a context that ended after the last statement may be committed
  PushActiveSnapshot(GetTransactionSnapshot());
  if (held) close_held_cursors();
  if (temporary) drop_temporary_objects();
  PopActiveSnapshot();
  pause_checks(false);
}

SERVER_CODE void at_end_of_transaction(XactEvent event, void *) {
  if (event == XACT_EVENT_PRE_COMMIT) return leave_nothing();
  const bool committed = event == XACT_EVENT_COMMIT || event == XACT_EVENT_PREPARE;
  if (!committed && event != XACT_EVENT_ABORT) return;
  // Whoever ran a transaction and entered nobody may have left something in it, for
  // the next to find: a table under the name that the next is about to fill.
  if (current() == nullptr || (!committed && traces.pending_known)) return forget_owner();
  if (!traces.pending_known) return;
  traces.known = true;
  traces.owner = traces.pending;
  traces.pending_known = false;
}
// ROLLBACK TO brings dropped temporary tables back as surely as ROLLBACK does.
void at_end_of_subtransaction(SubXactEvent event, SubTransactionId, SubTransactionId, void *) noexcept {
  if (event == SUBXACT_EVENT_ABORT_SUB && traces.pending_known) forget_owner();
}
SERVER_CODE void watch_traces() {
  DefineCustomBoolVariable(
      "primecloud.keep_session_objects",
      "Temporary objects and held cursors outlive the transaction of the identity that made them.",
      "On is for connections that no pooler shares: whoever has the connection next and enters nobody finds them.",
      &keep_session_objects, false, PGC_SUSET, 0, nullptr, nullptr, nullptr);
  if (IsInitProcessingMode()) left_behind = {false, false};  // preloaded: to look costs the first who enters two plans
  next_hook_traces = ProcessUtility_hook;
  ProcessUtility_hook = note_utility;
  RegisterXactCallback(at_end_of_transaction, nullptr);
  RegisterSubXactCallback(at_end_of_subtransaction, nullptr);
}
const pg::startup watching_traces{watch_traces};

SERVER_CODE void clean_up() {
  if (left_behind.held) close_held_cursors();
  if (left_behind.prepared) forget_planted_statements();
  drop_temporary_objects();
}

}  // namespace

void clean_up_after_another(const char *tenant, const char *user) {
  const identity_text owner(tenant, user);
  if ((traces.known && traces.owner == owner) || (traces.pending_known && traces.pending == owner)) return;
  if (left_behind.held || left_behind.prepared || has_temporary_schema()) or_end_connection(clean_up);
  ResetSequenceCaches();
  Async_UnlistenAll();
  left_behind = {false, false};
  traces.known = false;
  traces.pending = owner;
  traces.pending_known = true;
}

}  // namespace primecloud::tenant
