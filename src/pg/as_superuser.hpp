// A few statements of the extension's own, run as the bootstrap superuser: past
// row-level security and the caller's privileges.  Every name in them is qualified,
// operators too, since the caller's search_path holds; no text of a user's is part of them.
#pragma once

#include "pg/postgres.hpp"

extern "C" {
#include "catalog/pg_authid.h"
#include "executor/spi.h"
}

namespace primecloud::pg {

// Server code: `work` must own nothing with a destructor.  A server error restores the
// user, since the transaction does.
template <class F>
SERVER_CODE void as_superuser(F &&work) {
  Oid before;
  int security;
  GetUserIdAndSecContext(&before, &security);
  SetUserIdAndSecContext(BOOTSTRAP_SUPERUSERID,
                         security | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
  if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "could not connect to the SQL manager");
  work();
  SPI_finish();
  SetUserIdAndSecContext(before, security);
}

// One statement between SPI_connect and SPI_finish.  `nulls` as SPI has them.
SERVER_CODE inline void run(const char *statement, int count, const Oid *types, Datum *values,
                            const char *nulls = nullptr) {
  const int outcome = SPI_execute_with_args(statement, count, const_cast<Oid *>(types), values, nulls, false, 0);
  if (outcome < 0) elog(ERROR, "statement of primecloud failed: %s", SPI_result_code_string(outcome));
}
SERVER_CODE inline Datum only_value() {
  bool null;
  return SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null);
}

}  // namespace primecloud::pg
