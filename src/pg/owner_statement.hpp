// A statement of the extension's on a table of somebody's: run as the table's owner, in
// a security-restricted operation, as VACUUM and REFRESH MATERIALIZED VIEW do.
// Triggers, checks and indexes of the table have the rights that they would have if
// its owner had typed the statement, never those of whoever asked for it.
#pragma once

#include "pg/as_role.hpp"
#include "pg/past_policies.hpp"

extern "C" {
#include "executor/spi.h"
#include "utils/guc.h"
}

namespace primecloud::pg {

namespace detail {
SERVER_CODE inline void set_for_now(const char *name, const char *value) {
  set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
}
}  // namespace detail

// Between SPI_connect and SPI_finish, whose SPI_processed and SPI_tuptable have the
// outcome.  Every name in the statement is qualified or pg_catalog's.
//
// With a receiver, rows go to that instead, and there are no values.  It waits a quarter of a
// second for a lock, so that nobody holds up what serves many, or as long as the caller would.
enum class lock_wait { short_while, as_caller };
SERVER_CODE inline void run_as_owner(Oid owner, const char *statement, int count, Oid *types, Datum *values,
                                     bool writes, DestReceiver *receiver = nullptr, const char *nulls = nullptr,
                                     lock_wait wait = lock_wait::short_while) {
  const identity before = current_identity();
  // What is checked at commit would be checked as the caller, and is forbidden in
  // a restricted operation: it is checked at once.
  if (writes && SPI_execute("SET CONSTRAINTS ALL IMMEDIATE", false, 0) < 0)
    elog(ERROR, "could not make constraints immediate");
  const int settings = NewGUCNestLevel();  // whatever the table's code sets is undone
  detail::set_for_now("search_path", "pg_catalog, pg_temp");
  if (wait == lock_wait::short_while) detail::set_for_now("lock_timeout", "250ms");
  detail::set_for_now("row_security", "on");

  // Forced policies would hold the owner to one tenant, and the work is on all of
  // them.  They are lifted where policies are woven into the statement, and only
  // there: code of the table's that runs inside it finds them in force.  A plan that
  // is not kept is not made again in between.
  become(owner, SECURITY_RESTRICTED_OPERATION);
  SPIPlanPtr plan = prepare_past_policies(statement, count, types);
  SPIExecuteOptions options{};
  options.dest = receiver;
  const int code =
      receiver != nullptr ? SPI_execute_plan_extended(plan, &options) : SPI_execute_plan(plan, values, nulls, false, 0);
  if (code < 0) elog(ERROR, "could not execute: %s", SPI_result_code_string(code));
  SPI_freeplan(plan);
  resume(before);
  AtEOXact_GUC(false, settings);
}

}  // namespace primecloud::pg
