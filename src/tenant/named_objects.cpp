#include "tenant/named_objects.hpp"

#include "pg/postgres.hpp"

extern "C" {
#include "commands/prepare.h"
#include "executor/spi.h"
#include "utils/portal.h"
}

namespace primecloud::tenant {
namespace {

// Names that a query lists.
SERVER_CODE char **list_names(SPIPlanPtr *plan, const char *query, uint64 *count) {
  const MemoryContext here = CurrentMemoryContext;
  if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "could not connect to the SQL manager");
  if (*plan == nullptr) {
    SPIPlanPtr fresh = SPI_prepare(query, 0, nullptr);
    if (fresh == nullptr || SPI_keepplan(fresh) != 0) elog(ERROR, "could not prepare: %s", query);
    *plan = fresh;
  }
  if (SPI_execute_plan(*plan, nullptr, nullptr, true, 0) != SPI_OK_SELECT) elog(ERROR, "could not run: %s", query);
  *count = SPI_processed;
  auto **names = static_cast<char **>(MemoryContextAlloc(here, sizeof(char *) * (*count + 1)));
  for (uint64 i = 0; i < *count; i++)
    names[i] = MemoryContextStrdup(here, SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1));
  SPI_finish();
  return names;
}

}  // namespace

void close_held_cursors() {
  static SPIPlanPtr plan = nullptr;
  uint64 count = 0;
  char **names = list_names(&plan, "SELECT c.name FROM pg_catalog.pg_cursor() AS c WHERE c.is_holdable", &count);
  for (uint64 i = 0; i < count; i++) {
    Portal portal = GetPortalByName(names[i]);
    if (PortalIsValid(portal)) PortalDrop(portal, false);
  }
}

void forget_planted_statements() {
  static SPIPlanPtr plan = nullptr;
  uint64 count = 0;
  char **names =
      list_names(&plan, "SELECT p.name FROM pg_catalog.pg_prepared_statement() AS p WHERE p.from_sql", &count);
  for (uint64 i = 0; i < count; i++) DropPreparedStatement(names[i], false);
}

}  // namespace primecloud::tenant
