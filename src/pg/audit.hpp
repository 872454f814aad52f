// A record that ROLLBACK does not erase.
//
// Written twice: to the server's log, and to the WAL as a logical message outside the
// transaction, which archives and logical decoding carry on (prefix primecloud.audit).
// On a standby there is no WAL to write: the log alone has it.
#pragma once

#include "pg/postgres.hpp"

extern "C" {
#include "access/xlog.h"
}

namespace primecloud::pg {

// Server code: raises server errors, so that what cannot be recorded does not happen.
// `text` holds no secret.
SERVER_CODE inline void record_beyond_rollback(const char *text) {
  ereport(LOG_SERVER_ONLY, errmsg("primecloud audit: %s", text), errhidestmt(true), errhidecontext(true));
  if (RecoveryInProgress()) return;
  XLogFlush(log_message("primecloud.audit", text));
}

}  // namespace primecloud::pg
