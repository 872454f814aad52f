// A row, put into a table, looked for as the application's role, and taken back: for review_prove().  It is put in as
// the table's owner, by whoever has his rights, so that code that comes to the table meanwhile has no more than these;
// what the role then sees is read with the rights of the role.
#include "pg/array_view.hpp"
#include "pg/as_role.hpp"
#include "pg/attempt.hpp"
#include "pg/c_string.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/past_policies.hpp"
#include "pg/startup.hpp"
#include "tenant/claim.hpp"
#include "tenant/owner.hpp"

extern "C" {
#include "executor/spi.h"
#include "optimizer/planner.h"
#include "utils/acl.h"
#include "utils/guc.h"
}

namespace {
using namespace primecloud;

struct witness_trial {
  Oid table, role;
  const char *tenant, *statement;
  bool finished = false, seen = false;
};

SERVER_CODE void set_while_trying(const char *name, const char *value) {
  set_config_option(name, value, PGC_SUSET, PGC_S_SESSION, GUC_ACTION_LOCAL, true, 0, false);
}

// The statement is about the one table that was looked at: by its name it might be another's by now, until it is
// planned.  So what is planned is looked at.
Oid awaited = InvalidOid;
planner_hook_type next_planner = nullptr;

SERVER_CODE void check_planned(const Query *query) {
  if (!OidIsValid(awaited)) return;
  const Oid table = awaited;
  awaited = InvalidOid;
  const auto *entry = query->rtable == NIL ? nullptr : linitial_node(RangeTblEntry, query->rtable);
  if (entry != nullptr && entry->rtekind == RTE_RELATION && entry->relid == table && query->resultRelation <= 1) return;
  ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE), errmsg("the table was changed meanwhile"),
          errhint("Ask again."));
}

SERVER_CODE void watch_planner() {
  next_planner = planner_hook;
  planner_hook = [](Query *query, auto... rest) {
    check_planned(query);
    return (next_planner != nullptr ? next_planner : standard_planner)(query, rest...);
  };
}
const pg::startup watching_try_witness{watch_planner};

SERVER_CODE Oid owner_for_caller(Oid table) {
  const Oid owner = tenant::state_of(table).owner;
  if (!OidIsValid(owner) || !has_privs_of_role(GetUserId(), owner))
    aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_TABLE, get_rel_name(table));
  return owner;
}

// As the table's owner.  Where the row is: as a condition on the table.
SERVER_CODE const char *insert_witness(const witness_trial &t) {
  const pg::identity asked = pg::current_identity();
  pg::become(owner_for_caller(t.table), SECURITY_RESTRICTED_OPERATION);
  SPIPlanPtr plan = pg::prepare_past_policies(t.statement, 0, nullptr);
  awaited = t.table;
  const int code = SPI_execute_plan(plan, nullptr, nullptr, false, 0);
  if (code != SPI_OK_INSERT_RETURNING || SPI_processed != 1) elog(ERROR, "no row was inserted");
  pg::resume(asked);
  HeapTuple row = SPI_tuptable->vals[0];
  return psprintf("tableoid = %s AND ctid = '%s'", SPI_getvalue(row, SPI_tuptable->tupdesc, 1),
                  SPI_getvalue(row, SPI_tuptable->tupdesc, 2));
}

SERVER_CODE void enter_other(const char *tenant) {
  tenant::claim who;
  who.tenant = tenant;
  who.user = "review";
  who.role = "owner";
  who.assumed = true;
  who.keep_traces = true;
  tenant::enter_claim(who);
}

SERVER_CODE void try_row(witness_trial &t) {
  if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "could not connect to the SQL manager");
  set_while_trying("lock_timeout", "1");  // a key that somebody is writing is waited for by nobody
  // By a superuser no triggers are fired, those of foreign keys neither.
  if (superuser()) set_while_trying("session_replication_role", "replica");
  const char *where = insert_witness(t);
  set_while_trying("search_path", "pg_catalog, pg_temp");  // whatever ran has set
  set_while_trying("row_security", "on");
  const char *name = quote_qualified_identifier(get_namespace_name(get_rel_namespace(t.table)), get_rel_name(t.table));
  if (t.tenant != nullptr) enter_other(t.tenant);
  pg::become(t.role, SECURITY_RESTRICTED_OPERATION);
  awaited = t.table;
  const int code = SPI_execute(psprintf("SELECT FROM %s WHERE %s", name, where), false, 1);
  if (code != SPI_OK_SELECT) elog(ERROR, "could not read: %s", SPI_result_code_string(code));
  t.seen = SPI_processed > 0;
  t.finished = true;
  elog(ERROR, "tried");  // the row is taken back
}

SERVER_CODE Oid role_that_looks(std::string_view name) {
  const Oid role = get_role_oid(pg::c_string(name), false);
  if (superuser() || pg::may_become(GetUserId(), role)) return role;
  ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("must be member of role \"%s\"", pg::c_string(name)),
          errhint("Ask as a member of the role."));
}

// Whether the row was seen, or why that cannot be told.  Nobody but a superuser enters a tenant by it.
SERVER_CODE std::tuple<std::optional<bool>, std::optional<std::string_view>> try_witness(
    Oid table, std::string_view role, std::optional<std::string_view> tenant, std::string_view statement) {
  witness_trial t{table, role_that_looks(role), nullptr, pg::c_string(statement)};
  if (tenant) {
    if (!superuser()) return {std::nullopt, "only a superuser enters a tenant to try"};
    t.tenant = pg::c_string(*tenant);
  }
  awaited = InvalidOid;
  const auto failed = pg::attempt([&t] { try_row(t); });
  awaited = InvalidOid;
  if (t.finished) return {t.seen, std::nullopt};
  if (failed->code == ERRCODE_QUERY_CANCELED || failed->code == ERRCODE_ADMIN_SHUTDOWN)
    ereport(ERROR, errcode(failed->code), errmsg_internal("%s", failed->message));
  return {std::nullopt, psprintf("%s (%s)", failed->message, unpack_sql_state(failed->code))};
}

}  // namespace

PRIMECLOUD_FUNCTION(primecloud_review_try_witness, try_witness);
