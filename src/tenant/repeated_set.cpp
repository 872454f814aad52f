#include "tenant/repeated_set.hpp"

#include "pg/boundary.hpp"
#include "pg/server_version_settings.hpp"
#include "pg/startup.hpp"
#include "tenant/carrier.hpp"
#include "tenant/cluster.hpp"
#include "tenant/context.hpp"

extern "C" {
#include "access/xact.h"
#include "nodes/makefuncs.h"
#include "tcop/utility.h"
}

namespace primecloud::tenant {
const carrier *carrying = nullptr;

namespace {

constexpr int no_root_key = MAKE_SQLSTATE('P', 'C', '0', '0', '1');

// Compared with what comes, never believed of itself: an error leaves them until the transaction ends.
const char *value_now = nullptr, *statement_now = nullptr;

// Whether Citus repeats settings, and what the user has said of that himself, for the time of one of ours.  (To set it
// by its name and back costs what all the rest of the sending does; Citus reads the variable, and nothing else.)
struct {
  int *variable = nullptr;
  int of_user = 0;
} repeats;

SERVER_CODE void leave_repeats() noexcept {
  if (repeats.variable != nullptr) *repeats.variable = repeats.of_user;
  repeats.variable = nullptr;
}

SERVER_CODE void forget_now() noexcept {
  value_now = statement_now = nullptr;
  leave_repeats();
}

SERVER_CODE void repeat_local_settings() {
  static auto *const setting = const_cast<config_generic *>(pg::find_setting("citus.propagate_set_commands"));
  static int local = 0;
  static const bool known = setting != nullptr && setting->vartype == PGC_ENUM &&
                            config_enum_lookup_by_name(reinterpret_cast<config_enum *>(setting), "local", &local);
  if (!known) elog(ERROR, "citus.propagate_set_commands is not what it was");
  leave_repeats();
  repeats.variable = reinterpret_cast<config_enum *>(setting)->variable;
  repeats.of_user = *repeats.variable;
  *repeats.variable = local;
}

// Where nothing is distributed, nobody needs the context elsewhere.
SERVER_CODE bool can_seal() {
  if (carrying->can_seal()) return true;
  if (anything_is_distributed())
    ereport(ERROR, errcode(no_root_key), errmsg("without a root key no context goes to the nodes that hold the rows"),
            errhint("Give each node of the cluster the same root key: primecloud.root_key_file."), errhidestmt(true),
            errhidecontext(true));
  return false;
}

SERVER_CODE const char *text_for(const char *encoded, std::uint64_t session, const char *role, holds how) {
  const char *text = nullptr;
  const char *database = own_database();
  pg::boundary([&] { text = carrying->seal(encoded, {database, session}, role, how == holds::no_more); });
  if (strlen(text) > longest_carried)
    ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
            errmsg("the user was granted too many ids in the account for them to go along to other nodes"),
            errhint("Take back what is not needed, or grant what holds many of them: confine_table() goes by its id as "
                    "well."),
            errhidestmt(true), errhidecontext(true));
  return text;
}

// Without a text: to what the session began with.
SERVER_CODE Node *set_locally(const char *name, const char *text) {
  auto *set = makeNode(VariableSetStmt);
  set->kind = text == nullptr ? VAR_SET_DEFAULT : VAR_SET_VALUE;
  set->name = pstrdup(name);
  set->is_local = true;
  if (text == nullptr) return reinterpret_cast<Node *>(set);
  auto *value = makeNode(A_Const);
  value->val.sval.type = T_String;
  value->val.sval.sval = pstrdup(text);
  value->location = -1;
  set->args = list_make1(value);
  return reinterpret_cast<Node *>(set);
}

// By the way of any statement, which Citus watches.
SERVER_CODE void run_repeated(const char *name, const char *value, const char *statement) {
  auto *plan = makeNode(PlannedStmt);
  plan->commandType = CMD_UTILITY;
  plan->utilityStmt = set_locally(name, value);
  repeat_local_settings();
  ProcessUtility(plan, statement, false, PROCESS_UTILITY_QUERY, nullptr, nullptr, None_Receiver, nullptr);
  leave_repeats();
}

SERVER_CODE void run_on_nodes(const char *text) {
  value_now = text;
  const char *statement = statement_now = psprintf("SET LOCAL primecloud.carried = '%s'", text);
  run_repeated("primecloud.carried", text, statement);
  value_now = statement_now = nullptr;
}

SERVER_CODE void watch_repeated_set() {
  RegisterXactCallback([](XactEvent, void *) noexcept { forget_now(); }, nullptr);
  RegisterSubXactCallback(
      [](SubXactEvent event, SubTransactionId, SubTransactionId, void *) noexcept {
        if (event == SUBXACT_EVENT_ABORT_SUB) forget_now();
      },
      nullptr);
}
const pg::startup watching_repeated_set{watch_repeated_set};

}  // namespace

void repeat_on_nodes(const char *name, const char *value) {
  run_repeated(
      name, value,
      value == nullptr ? psprintf("SET LOCAL %s TO DEFAULT", name) : psprintf("SET LOCAL %s = '%s'", name, value));
}

bool set_on_nodes(const char *encoded, const char *role, holds how) {
  if (!citus_is_loaded() || asking_session() != 0) return false;
  const std::uint64_t session = own_session();
  if (session == 0 || !can_seal()) return false;
  const MemoryContext work = AllocSetContextCreate(CurrentMemoryContext, "context sent to nodes", ALLOCSET_SMALL_SIZES);
  const MemoryContext before = MemoryContextSwitchTo(work);
  run_on_nodes(text_for(encoded, session, role, how));
  MemoryContextSwitchTo(before);
  MemoryContextDelete(work);
  return true;
}

const char *context_for_node() {
  if (current() == nullptr || !citus_is_loaded() || asking_session() != 0) return nullptr;
  const std::uint64_t session = own_session();
  return session == 0 || !can_seal() ? nullptr : text_for(encoded(), session, "", holds::for_seconds);
}

bool is_being_sent(const char *value) noexcept { return value_now != nullptr && strcmp(value_now, value) == 0; }
bool is_sending_statement(const char *text) noexcept { return text != nullptr && text == statement_now; }

}  // namespace primecloud::tenant
