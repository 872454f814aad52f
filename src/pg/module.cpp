// The library's entry: what happens once in each server process.
#include <sodium.h>

#include "pg/postgres.hpp"
#include "pg/startup.hpp"

extern "C" {
#include "access/xact.h"

PG_MODULE_MAGIC;

PGDLLEXPORT void _PG_init(void);

SERVER_CODE void _PG_init(void) {
  // Before anything else: sodium_malloc without it aborts the process.
  if (sodium_init() < 0) ereport(ERROR, errcode(ERRCODE_SYSTEM_ERROR), errmsg("libsodium could not be initialised"));
  // Loaded by a function of an index that is being built, say, the server would lose the
  // settings that it has kept for us: it takes no setting in parallel mode.  Those who work
  // with it have them as they were, and have what is set here of their own.
  int parallel = 0;
  while (IsInParallelMode() &&
         GetCurrentTransactionNestLevel() == 1) {  // a subtransaction cannot leave what its parent is in
    ExitParallelMode();
    parallel++;
  }
  primecloud::pg::startup::run_all();
  for (; parallel > 0; parallel--) EnterParallelMode();
  // After the settings exist, so that nobody plants one of ours beforehand.
  MarkGUCPrefixReserved("primecloud");
}
}
