// A row, put into a table, looked for as the application's role, and taken back: for review_prove().  The statement is
// run with the rights of whoever asks, and of nobody else; what the role then sees is read with the rights of the role.
#include "pg/array_view.hpp"
#include "pg/as_role.hpp"
#include "pg/attempt.hpp"
#include "pg/c_string.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "tenant/claim.hpp"

extern "C" {
#include "executor/spi.h"
#include "utils/acl.h"
#include "utils/guc.h"
#include "utils/plancache.h"
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

// The statement writes the one table that was looked at, and no rule of it makes it write another.
SERVER_CODE void check_written(SPIPlanPtr plan, Oid table) {
  const List *const sources = SPI_plan_get_plan_sources(plan);
  const auto *source = static_cast<const CachedPlanSource *>(linitial(sources));
  if (list_length(sources) == 1 && list_length(source->relationOids) == 1 &&
      linitial_oid(source->relationOids) == table)
    return;
  ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
          errmsg("table \"%s\" was changed meanwhile", get_rel_name(table)), errhint("Ask again."));
}

// Where the row is: as a condition on the table.
SERVER_CODE const char *insert_witness(const witness_trial &t) {
  SPIPlanPtr plan = SPI_prepare(t.statement, 0, nullptr);
  if (plan == nullptr) elog(ERROR, "could not prepare: %s", SPI_result_code_string(SPI_result));
  check_written(plan, t.table);
  const int code = SPI_execute_plan(plan, nullptr, nullptr, false, 0);
  if (code != SPI_OK_INSERT_RETURNING || SPI_processed != 1) elog(ERROR, "no row was inserted");
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
  set_while_trying("row_security", "on");
  // Of a superuser nothing is run that a table's owner attached, foreign keys neither.
  if (superuser()) set_while_trying("session_replication_role", "replica");
  const char *where = insert_witness(t);
  const char *name = quote_qualified_identifier(get_namespace_name(get_rel_namespace(t.table)), get_rel_name(t.table));
  if (t.tenant != nullptr) enter_other(t.tenant);
  pg::become(t.role, SECURITY_RESTRICTED_OPERATION);
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
  const auto failed = pg::attempt([&t] { try_row(t); });
  if (t.finished) return {t.seen, std::nullopt};
  if (failed->code == ERRCODE_QUERY_CANCELED || failed->code == ERRCODE_ADMIN_SHUTDOWN)
    ereport(ERROR, errcode(failed->code), errmsg_internal("%s", failed->message));
  return {std::nullopt, psprintf("%s (%s)", failed->message, unpack_sql_state(failed->code))};
}

}  // namespace

PRIMECLOUD_FUNCTION(primecloud_review_try_witness, try_witness);
