// retention_request(rel, request): the one door to the retention of rows.
//
// Three identities take part, and no two at once.  The caller asks.  The extension's owner, called the keeper here,
// decides by retention_decide() whether the caller may, what statement is to be run, and afterwards writes down what
// it did (retention_record()); it never touches the table.  The statement itself runs as the owner of the table, in a
// security-restricted operation, as VACUUM and REFRESH MATERIALIZED VIEW do: triggers, cascades, checks and indexes of
// the table have the rights that they would have if its owner had typed the statement, never those of the caller or of
// the keeper.
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/owned.hpp"
#include "pg/owner_statement.hpp"
#include "pg/statements.hpp"
#include "retention/asked.hpp"
#include "retention/tally.hpp"
#include "tenant/for_tenant.hpp"

extern "C" {
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
}

namespace {
using namespace primecloud;

constexpr char question_type[] = "primecloud_internal.retention_question";
using question_row = pg::owned<question_type>;  // handed on unread, as the answer is

struct decision {
  NullableDatum work;     // retention_work: what retention_record() needs again
  NullableDatum answer;   // retention_answer
  Oid run_as;             // owner of the table
  const char *statement;  // to be run; none: the answer is final
  bool writes;
  const char *tenant;  // whose rows it is on, where they lie on another server
};

struct row_types {
  Oid question, work, outcome;
};
SERVER_CODE Oid type_of(Oid space, const char *name) {
  const Oid type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum(name), ObjectIdGetDatum(space));
  if (!OidIsValid(type)) elog(ERROR, "type \"%s\" of primecloud is missing", name);
  return type;
}
SERVER_CODE row_types types_beside(Oid door) {
  const Oid space = get_func_namespace(door);
  return {type_of(space, "retention_question"), type_of(space, "retention_work"), type_of(space, "retention_outcome")};
}

// The keeper's two functions, each asked once or more for every batch: planned once in
// a session.
struct kept_query {
  const char *query;
  int arguments;
  SPIPlanPtr plan;
  Oid row;  // the type it was planned for
};
kept_query decide{
    "SELECT work, answer, run_as, statement, writes, tenant FROM primecloud_internal.retention_decide($1, $2, $3)", 3,
    nullptr, InvalidOid};
kept_query record{
    "SELECT work, answer, run_as, statement, writes, tenant FROM primecloud_internal.retention_record($1, $2, $3, $4)",
    4, nullptr, InvalidOid};

SERVER_CODE void plan(kept_query &asked, Oid row, Oid outcome) {
  if (asked.plan != nullptr && asked.row == row) return;
  Oid types[] = {OIDOID, OIDOID, row, outcome};
  SPIPlanPtr made = SPI_prepare(asked.query, asked.arguments, types);
  if (made == nullptr || SPI_keepplan(made) != 0) elog(ERROR, "could not prepare \"%s\"", asked.query);
  if (asked.plan != nullptr) SPI_freeplan(asked.plan);
  asked.plan = made;
  asked.row = row;
}

SERVER_CODE decision consult(Oid keeper, kept_query &asked, Oid caller, pg::relation rel, const row_types &types,
                             NullableDatum row, Datum outcome) {
  const pg::identity before = pg::current_identity();
  pg::become(keeper, 0);
  plan(asked, asked.arguments == 3 ? types.question : types.work, types.outcome);
  Datum values[] = {ObjectIdGetDatum(caller), ObjectIdGetDatum(rel.oid), row.value, outcome};
  const char nulls[] = {' ', ' ', row.isnull ? 'n' : ' ', ' ', '\0'};
  const int code = SPI_execute_plan(asked.plan, values, nulls, false, 0);
  if (code != SPI_OK_SELECT || SPI_processed != 1)
    elog(ERROR, "unexpected result of \"%s\": %s", asked.query, SPI_result_code_string(code));
  bool null;
  HeapTuple told = SPI_tuptable->vals[0];
  TupleDesc desc = SPI_tuptable->tupdesc;
  decision next{};
  next.work.value = SPI_getbinval(told, desc, 1, &next.work.isnull);
  next.answer.value = SPI_getbinval(told, desc, 2, &next.answer.isnull);
  next.run_as = DatumGetObjectId(SPI_getbinval(told, desc, 3, &null));
  next.statement = SPI_getvalue(told, desc, 4);
  next.writes = DatumGetBool(SPI_getbinval(told, desc, 5, &null));
  next.tenant = SPI_getvalue(told, desc, 6);
  if (next.statement == nullptr && next.answer.isnull) elog(ERROR, "no answer from \"%s\"", asked.query);
  pg::resume(before);
  return next;
}

// Runs statements as the table's owner, and returns what the last one did.
SERVER_CODE Datum perform(const decision &what, Oid outcome_type) {
  retention::tally removed(outcome_type);
  tenant::for_tenant there{};
  if (what.tenant != nullptr) there = tenant::begin_for_tenant(what.tenant, what.run_as);
  pg::for_each_statement(what.statement, [&](const char *statement, bool is_last) {
    pg::run_as_owner(what.run_as, statement, 0, nullptr, nullptr, what.writes, is_last ? removed.receiver() : nullptr);
  });
  if (what.tenant != nullptr) tenant::end_for_tenant(there, what.writes);
  return removed.outcome();
}

SERVER_CODE pg::owned_row request(pg::call_site site, pg::relation rel, question_row question) noexcept {
  if (InSecurityRestrictedOperation()) {
    ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
            errmsg("retention cannot be asked for from inside a security-restricted operation"),
            errhint("Call the function by itself, not from an index, a trigger or a view."));
  }
  const Oid caller = GetUserId();
  const Oid door = site.info->flinfo->fn_oid;
  const Oid keeper = pg::owner_of_function(door);
  const row_types types = types_beside(door);
  MemoryContext outside = CurrentMemoryContext;
  // What it decides by is this or later.
  const Snapshot seen = RegisterSnapshot(GetLatestSnapshot());
  if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "could not connect to SPI");
  decision next = consult(keeper, decide, caller, rel, types, {question.value, false}, 0);
  while (next.statement != nullptr) {
    const Datum outcome = perform(next, types.outcome);
    if (next.writes) retention::note_removal(rel.oid, seen);
    next = consult(keeper, record, caller, rel, types, next.work, outcome);
  }
  MemoryContext inside = MemoryContextSwitchTo(outside);
  const Datum answer = datumCopy(next.answer.value, false, -1);
  MemoryContextSwitchTo(inside);
  SPI_finish();
  UnregisterSnapshot(seen);
  return {answer};
}

bool in_transaction_block() noexcept { return IsTransactionBlock(); }
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_retention_request, request);
PRIMECLOUD_FUNCTION(primecloud_in_transaction_block, in_transaction_block);
