// Trying a statement as the application's role, for assert_isolated().  A superuser runs
// that over tables and views of lesser roles: nothing of theirs may be planned or executed
// with his rights.
#include "pg/as_role.hpp"
#include "pg/attempt.hpp"
#include "pg/c_string.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "tenant/claim.hpp"
#include "tenant/cluster.hpp"
#include "tenant/repeated_set.hpp"

extern "C" {
#include "executor/spi.h"
#include "storage/proc.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
}

namespace {
using namespace primecloud;

struct trial {
  Oid role, shape;  // what the argument is a row of
  const char *tenant, *rank, *statement;
  const char *argument;
  bool reads, fires;
  MemoryContext answers;  // outlives the subtransaction
  bool prepared = false;  // what fails before is no answer of the table's
  bool finished = false;
  const char *answer = nullptr;
};

SERVER_CODE void enter_as(const trial &t) {
  if (t.tenant == nullptr) return;
  tenant::claim who;
  who.tenant = t.tenant;
  who.user = "isolation probe";
  who.role = t.rank;
  who.assumed = true;
  who.keep_traces = true;
  tenant::enter_claim(who);
}

SERVER_CODE void keep_answer(trial &t) {
  const MemoryContext before = MemoryContextSwitchTo(t.answers);
  if (!t.reads) {
    t.answer = psprintf(UINT64_FORMAT, SPI_processed);
  } else if (SPI_processed > 0) {
    const char *value = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
    t.answer = value == nullptr ? nullptr : pstrdup(value);
  }
  MemoryContextSwitchTo(before);
}

// What the table's owner attached is not executed: what it does outside the transaction is
// not undone, and a lock of the session would stay.
SERVER_CODE void leave_out_triggers() {
  set_config_option("session_replication_role", "replica", PGC_SUSET, PGC_S_SESSION, GUC_ACTION_LOCAL, true, 0, false);
}

// Whoever holds a shard locked on its own server would be waited for without end: what is set here alone is not known
// there.  It goes with the subtransaction, there too.
SERVER_CODE void wait_a_second() {
  if (!tenant::citus_is_loaded() || !tenant::anything_is_distributed()) return;
  const int longest = LockTimeout > 0 && LockTimeout < 1000 ? LockTimeout : 1000;
  tenant::repeat_on_nodes("lock_timeout", psprintf("%dms", longest));
}

// By the input function of the type: a cast from text would be the owner's.
SERVER_CODE Datum row_of(Oid type, const char *text) {
  Oid input, parameter;
  getTypeInputInfo(type, &input, &parameter);
  return OidInputFunctionCall(input, pstrdup(text), parameter, -1);
}

// As the role, in a security-restricted operation: a function of a view's cannot go back
// to who runs the test, as SET ROLE would let it, nor leave anything in his session.
SERVER_CODE void run_as_role(trial &t) {
  wait_a_second();
  enter_as(t);
  if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "could not connect to the SQL manager");
  // Deferred triggers cannot wait in such an operation.
  if (SPI_execute("SET CONSTRAINTS ALL IMMEDIATE", false, 0) < 0) elog(ERROR, "could not make constraints immediate");
  set_config_option("row_security", "on", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_LOCAL, true, 0, false);
  if (!t.fires) leave_out_triggers();
  t.prepared = true;
  pg::become(t.role, SECURITY_RESTRICTED_OPERATION);
  Oid types[] = {t.argument == nullptr ? InvalidOid : get_rel_type_id(t.shape)};
  Datum values[] = {t.argument == nullptr ? Datum{0} : row_of(types[0], t.argument)};
  const int code =
      SPI_execute_with_args(t.statement, t.argument == nullptr ? 0 : 1, types, values, nullptr, false, t.reads ? 1 : 0);
  if (code < 0) elog(ERROR, "could not execute: %s", SPI_result_code_string(code));
  keep_answer(t);
  t.finished = true;
  elog(ERROR, "tried");  // whatever it did is undone
}

// The role by name, if whoever asks may act as it.
SERVER_CODE Oid role_to_try(std::string_view name) {
  const Oid role = get_role_oid(pg::c_string(name), false);
  if (!superuser() && !pg::may_become(GetUserId(), role)) {
    ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("must be member of role \"%s\"", pg::c_string(name)),
            errhint("Run it as a superuser."));
  }
  return role;
}

SERVER_CODE const char *sqlstate_text(int code) { return pstrdup(unpack_sql_state(code)); }

using outcome =
    std::tuple<std::optional<std::string_view>, std::optional<std::string_view>, std::optional<std::string_view>>;

// What the statement answered, or the SQLSTATE it was refused with; `untried`: why it could
// not be tried, which is no refusal.
SERVER_CODE outcome try_as(std::string_view role, std::optional<std::string_view> tenant, std::string_view rank,
                           std::string_view statement, std::optional<std::string_view> argument, bool reads, bool fires,
                           std::optional<pg::relation> shape) {
  trial t{};
  t.role = role_to_try(role);
  t.tenant = tenant ? pg::c_string(*tenant) : nullptr;
  t.rank = pg::c_string(rank);
  t.statement = pg::c_string(statement);
  t.shape = shape ? shape->oid : InvalidOid;
  t.argument = argument ? pg::c_string(*argument) : nullptr;
  t.reads = reads;
  t.fires = fires;
  t.answers = CurrentMemoryContext;
  const auto failed = pg::attempt([&t] { run_as_role(t); });
  if (t.finished) {
    if (t.answer == nullptr) return {};
    return {t.answer, std::nullopt, std::nullopt};
  }
  if (!t.prepared || failed->code == ERRCODE_QUERY_CANCELED || failed->code == ERRCODE_ADMIN_SHUTDOWN) {
    ereport(ERROR, errcode(failed->code), errmsg_internal("%s", failed->message));
  }
  // What is forbidden to every role in such an operation says nothing of this one.
  if (failed->id != nullptr && strstr(failed->id, "security-restricted operation") != nullptr)
    return {std::nullopt, std::nullopt, failed->message};
  return {std::nullopt, sqlstate_text(failed->code), std::nullopt};
}

}  // namespace

PRIMECLOUD_FUNCTION(primecloud_try_as, try_as);
