// retention_request(rel, request): the one door to the retention of rows.
//
// Three identities take part, and no two at once.  The caller asks.  The
// extension's owner, called the keeper here, decides by retention_decide() whether
// the caller may, what statement is to be run, and afterwards writes down what it
// did (retention_record()); it never touches the table.  The statement itself
// runs as the owner of the table, in a security-restricted operation, as VACUUM
// and REFRESH MATERIALIZED VIEW do: triggers, cascades, checks and indexes of the
// table have the rights that they would have if its owner had typed the statement,
// never those of the caller or of the keeper.
#include "retention/tally.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/jsonb.hpp"
#include "pg/owner_statement.hpp"

extern "C" {
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "catalog/pg_proc.h"
}

namespace {
using namespace primecloud;

struct decision {
  Datum state;            // jsonb: the answer, or what retention_record() needs again
  Oid run_as;             // owner of the table
  const char *statement;  // to be run; none: the answer is final
  bool writes;
};

// The keeper's two functions, each asked once or more for every batch: planned once in
// a session.
struct question {
  const char *query;
  int arguments;
  SPIPlanPtr plan;
};
question decide{"SELECT state, run_as, statement, writes FROM primecloud_internal.retention_decide($1, $2, $3)", 3, nullptr};
question record{"SELECT state, run_as, statement, writes FROM primecloud_internal.retention_record($1, $2, $3, $4)", 4, nullptr};

SERVER_CODE decision consult(Oid keeper, question &asked, Oid caller, pg::relation rel, Datum state, Datum result) {
  const pg::identity before = pg::current_identity();
  pg::become(keeper, 0);
  Oid types[] = {OIDOID, OIDOID, JSONBOID, JSONBOID};
  Datum values[] = {ObjectIdGetDatum(caller), ObjectIdGetDatum(rel.oid), state, result};
  if (asked.plan == nullptr) {
    SPIPlanPtr plan = SPI_prepare(asked.query, asked.arguments, types);
    if (plan == nullptr || SPI_keepplan(plan) != 0) elog(ERROR, "could not prepare \"%s\"", asked.query);
    asked.plan = plan;
  }
  const int code = SPI_execute_plan(asked.plan, values, nullptr, false, 0);
  if (code != SPI_OK_SELECT || SPI_processed != 1) elog(ERROR, "unexpected result of \"%s\": %s", asked.query, SPI_result_code_string(code));
  bool null;
  HeapTuple row = SPI_tuptable->vals[0];
  TupleDesc desc = SPI_tuptable->tupdesc;
  decision next{};
  next.state = SPI_getbinval(row, desc, 1, &null);
  if (null) elog(ERROR, "no state from \"%s\"", asked.query);
  next.run_as = DatumGetObjectId(SPI_getbinval(row, desc, 2, &null));
  next.statement = SPI_getvalue(row, desc, 3);
  next.writes = DatumGetBool(SPI_getbinval(row, desc, 4, &null));
  pg::resume(before);
  return next;
}

// Runs a statement as the table's owner and returns what it did as one jsonb.
SERVER_CODE Datum perform(Oid owner, const char *statement, bool writes) {
  retention::tally removed;
  pg::run_as_owner(owner, statement, 0, nullptr, nullptr, writes, removed.receiver());
  const Datum result = removed.answer();
  return result;
}

SERVER_CODE pg::jsonb_value request(pg::call_site site, pg::relation rel, pg::jsonb_value request) noexcept {
  if (InSecurityRestrictedOperation()) {
    ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("retention cannot be asked for from inside a security-restricted operation"));
  }
  const Oid caller = GetUserId();
  const Oid keeper = pg::owner_of_function(site.info->flinfo->fn_oid);
  MemoryContext outside = CurrentMemoryContext;
  if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "could not connect to SPI");
  decision next = consult(keeper, decide, caller, rel, request.value, 0);
  while (next.statement != nullptr) {
    const Datum result = perform(next.run_as, next.statement, next.writes);
    next = consult(keeper, record, caller, rel, next.state, result);
  }
  MemoryContext inside = MemoryContextSwitchTo(outside);
  const Datum answer = datumCopy(next.state, false, -1);
  MemoryContextSwitchTo(inside);
  SPI_finish();
  return {answer};
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_retention_request, request);
