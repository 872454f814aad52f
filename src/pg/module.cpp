// The library's entry: what happens once in each server process.
#include <sodium.h>

#include "pg/postgres.hpp"
#include "pg/startup.hpp"

extern "C" {
PG_MODULE_MAGIC;

PGDLLEXPORT void _PG_init(void);

SERVER_CODE void _PG_init(void) {
  // Before anything else: sodium_malloc without it aborts the process.
  if (sodium_init() < 0) ereport(ERROR, errcode(ERRCODE_SYSTEM_ERROR), errmsg("libsodium could not be initialised"));
  primecloud::pg::startup::run_all();
  // After the settings exist, so that nobody plants one of ours beforehand.
  MarkGUCPrefixReserved("primecloud");
}
}
