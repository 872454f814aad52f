// The guard of DROP EXTENSION: a ddl_command_start event trigger that keeps sealed
// columns with rows from being dropped along with their type.  Looks at the size of
// tables, not at rows, which policies could hide.  Quiet in every other case.
#include "pg/postgres.hpp"
#include "pg/table.hpp"
#include "secret/settings.hpp"

extern "C" {
#include "access/genam.h"
#include "access/table.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_type.h"
#include "commands/event_trigger.h"
#include "commands/extension.h"
#include "executor/spi.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
}

namespace {
using namespace primecloud;

// The extension and its schema have one name, which the control file fixes.
bool names_extension(const List *objects) {
  ListCell *cell;
  foreach (cell, objects) {
    if (strcmp(strVal(lfirst(cell)), "primecloud") == 0) return true;
  }
  return false;
}
bool names_owner_of_extension(const List *roles) {
  const Oid type = get_namespace_oid("primecloud", true);
  ListCell *cell;
  foreach (cell, roles) {
    const Oid role = get_rolespec_oid(lfirst_node(RoleSpec, cell), true);
    if (!OidIsValid(type) || !OidIsValid(role)) continue;
    if (pg_namespace_ownercheck(type, role)) return true;
  }
  return false;
}

// Whether a statement would drop the extension, with what depends on it.
bool reaches_extension(const Node *statement) {
  if (IsA(statement, DropStmt)) {
    const auto *drop = reinterpret_cast<const DropStmt *>(statement);
    if (drop->removeType == OBJECT_EXTENSION) return names_extension(drop->objects);
    return drop->removeType == OBJECT_SCHEMA && drop->behavior == DROP_CASCADE && names_extension(drop->objects);
  }
  if (IsA(statement, DropOwnedStmt)) return names_owner_of_extension(reinterpret_cast<const DropOwnedStmt *>(statement)->roles);
  return false;
}

// The first table with rows and a sealed column, by the size of its file.
const char *table_with_secrets() {
  char *found = nullptr;
  const MemoryContext caller = CurrentMemoryContext;
  Oid before;
  int security;
  GetUserIdAndSecContext(&before, &security);
  SetUserIdAndSecContext(BOOTSTRAP_SUPERUSERID, security | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
  if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "could not connect to the SQL manager");
  if (SPI_execute("SELECT c.oid::pg_catalog.regclass::pg_catalog.text FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) a.attrelid "
                  "JOIN pg_catalog.pg_type t ON t.oid OPERATOR(pg_catalog.=) a.atttypid JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) t.typnamespace "
                  "WHERE n.nspname OPERATOR(pg_catalog.=) 'primecloud' AND t.typname OPERATOR(pg_catalog.=) 'sealed' AND NOT a.attisdropped "
                  "AND c.relkind OPERATOR(pg_catalog.=) ANY ('{r,m}'::pg_catalog.\"char\"[]) AND pg_catalog.pg_relation_size(c.oid) OPERATOR(pg_catalog.>) 0 ORDER BY 1 LIMIT 1",
                  true, 1) != SPI_OK_SELECT) elog(ERROR, "could not look for sealed columns");
  if (SPI_processed > 0) found = MemoryContextStrdup(caller, SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1));
  SPI_finish();
  SetUserIdAndSecContext(before, security);
  return found;
}
}  // namespace

extern "C" {
PGDLLEXPORT Datum primecloud_guard_drop(PG_FUNCTION_ARGS);
PG_FUNCTION_INFO_V1(primecloud_guard_drop);
Datum primecloud_guard_drop(PG_FUNCTION_ARGS) {
  if (!CALLED_AS_EVENT_TRIGGER(fcinfo)) elog(ERROR, "guard_drop is an event trigger");
  const auto *data = reinterpret_cast<EventTriggerData *>(fcinfo->context);
  if (secret::allow_drop || !reaches_extension(data->parsetree)) PG_RETURN_NULL();
  const char *table = table_with_secrets();
  if (table == nullptr) PG_RETURN_NULL();
  ereport(ERROR, errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST), errmsg("refusing to drop primecloud: table %s has a sealed column that holds rows", table),
          errdetail("The column would be dropped with its type, and its secrets with it."),
          errhint("Take the secrets out first; or, as a superuser: SET primecloud.allow_drop = on."));
  PG_RETURN_NULL();
}
}
