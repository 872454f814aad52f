// The guard of DROP EXTENSION: a ddl_command_start event trigger that keeps sealed
// columns with rows from being dropped along with their type.  Looks at the size of
// tables, not at rows, which policies could hide.  Quiet in every other case.
#include "pg/as_superuser.hpp"
#include "secret/settings.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "commands/event_trigger.h"
#include "commands/extension.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
}

namespace {
using namespace primecloud;

// What a statement takes away with everything that hangs on it.
struct targets {
  List *extensions = NIL, *schemas = NIL, *owners = NIL;  // of oids
  bool none() const noexcept { return extensions == NIL && schemas == NIL && owners == NIL; }
};

SERVER_CODE List *with(List *oids, Oid one) { return OidIsValid(one) ? lappend_oid(oids, one) : oids; }

SERVER_CODE targets targets_of(const Node *statement) {
  targets found;
  const ListCell *cell;
  if (IsA(statement, DropOwnedStmt)) {
    foreach (cell, reinterpret_cast<const DropOwnedStmt *>(statement)->roles) {
      found.owners = with(found.owners, get_rolespec_oid(lfirst_node(RoleSpec, cell), true));
    }
    return found;
  }
  if (!IsA(statement, DropStmt)) return found;
  const auto *drop = reinterpret_cast<const DropStmt *>(statement);
  foreach (cell, drop->objects) {
    // The server itself refuses to drop a schema under an extension without CASCADE.
    if (drop->removeType == OBJECT_EXTENSION)
      found.extensions = with(found.extensions, get_extension_oid(strVal(lfirst(cell)), true));
    if (drop->removeType == OBJECT_SCHEMA && drop->behavior == DROP_CASCADE)
      found.schemas = with(found.schemas, get_namespace_oid(strVal(lfirst(cell)), true));
  }
  return found;
}

SERVER_CODE Datum oid_array(const List *oids) {
  auto *elements = static_cast<Datum *>(palloc0(sizeof(Datum) * (list_length(oids) + 1)));
  const ListCell *cell;
  foreach (cell, oids) elements[foreach_current_index(cell)] = ObjectIdGetDatum(lfirst_oid(cell));
  return PointerGetDatum(construct_array(elements, list_length(oids), OIDOID, sizeof(Oid), true, TYPALIGN_INT));
}

// All that the extension stands on: itself, its schema, the language of its functions,
// the extension that brings that language.  Whatever drops one of these drops it too.
constexpr const char *reaches_extension =
    "WITH RECURSIVE needed(classid, objid) AS ("
    "  SELECT 'pg_catalog.pg_extension'::pg_catalog.regclass::pg_catalog.oid, oid FROM "
    "pg_catalog.pg_extension WHERE extname OPERATOR(pg_catalog.=) 'primecloud'"
    "  UNION SELECT step.classid, step.objid FROM needed n, LATERAL ("
    "    SELECT d.refclassid AS classid, d.refobjid AS objid FROM pg_catalog.pg_depend d"
    "      WHERE d.classid OPERATOR(pg_catalog.=) n.classid AND d.objid OPERATOR(pg_catalog.=) n.objid"
    "    UNION ALL SELECT d.classid, d.objid FROM pg_catalog.pg_depend d"
    "      WHERE d.refclassid OPERATOR(pg_catalog.=) n.classid AND d.refobjid OPERATOR(pg_catalog.=) n.objid "
    "AND d.deptype OPERATOR(pg_catalog.=) 'e') AS step) "
    "SELECT EXISTS (SELECT FROM needed n JOIN pg_catalog.pg_extension e ON e.oid OPERATOR(pg_catalog.=) "
    "n.objid"
    "    WHERE n.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_extension'::pg_catalog.regclass AND (e.oid "
    "OPERATOR(pg_catalog.=) ANY ($1) OR e.extowner OPERATOR(pg_catalog.=) ANY ($3)))"
    "  OR EXISTS (SELECT FROM needed n JOIN pg_catalog.pg_namespace s ON s.oid OPERATOR(pg_catalog.=) n.objid"
    "    WHERE n.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_namespace'::pg_catalog.regclass AND (s.oid "
    "OPERATOR(pg_catalog.=) ANY ($2) OR s.nspowner OPERATOR(pg_catalog.=) ANY ($3)))";

// The first table with rows and a sealed column, by the size of its file, which tells
// nothing of one whose rows lie on other servers: sealed
// itself, an array, a domain, or a row type that holds one.
constexpr const char *table_with_secrets =
    "WITH RECURSIVE kinds(oid) AS ("
    "  SELECT t.oid FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) "
    "t.typnamespace"
    "    WHERE n.nspname OPERATOR(pg_catalog.=) 'primecloud' AND t.typname OPERATOR(pg_catalog.=) 'sealed'"
    "  UNION SELECT step.oid FROM kinds k, LATERAL ("
    "    SELECT t.oid FROM pg_catalog.pg_type t WHERE t.typelem OPERATOR(pg_catalog.=) k.oid OR "
    "t.typbasetype OPERATOR(pg_catalog.=) k.oid"
    "    UNION ALL SELECT c.reltype FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid "
    "OPERATOR(pg_catalog.=) a.attrelid"
    "      WHERE a.atttypid OPERATOR(pg_catalog.=) k.oid AND NOT a.attisdropped AND c.reltype "
    "OPERATOR(pg_catalog.<>) 0::pg_catalog.oid) AS step) "
    "SELECT c.oid::pg_catalog.regclass::pg_catalog.text FROM pg_catalog.pg_attribute a JOIN "
    "pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) a.attrelid"
    "  JOIN kinds k ON k.oid OPERATOR(pg_catalog.=) a.atttypid "
    "WHERE NOT a.attisdropped AND c.relkind OPERATOR(pg_catalog.=) ANY ('{r,m}'::pg_catalog.\"char\"[]) AND "
    "(pg_catalog.pg_relation_size(c.oid) OPERATOR(pg_catalog.>) 0 OR primecloud_internal.is_distributed(c.oid)) "
    "ORDER BY 1 LIMIT 1";

// The table that keeps the extension from being dropped; null where nothing does.
SERVER_CODE const char *obstacle(const targets &dropped) {
  char *table = nullptr;
  const MemoryContext caller = CurrentMemoryContext;
  const Oid types[] = {OIDARRAYOID, OIDARRAYOID, OIDARRAYOID};
  Datum values[] = {oid_array(dropped.extensions), oid_array(dropped.schemas), oid_array(dropped.owners)};
  pg::as_superuser([&] {
    pg::run(reaches_extension, 3, types, values);
    if (!DatumGetBool(pg::only_value())) return;
    pg::run(table_with_secrets, 0, nullptr, nullptr);
    if (SPI_processed > 0) table = MemoryContextStrdup(caller, TextDatumGetCString(pg::only_value()));
  });
  return table;
}
}  // namespace

extern "C" {
PGDLLEXPORT Datum primecloud_guard_drop(PG_FUNCTION_ARGS);
PG_FUNCTION_INFO_V1(primecloud_guard_drop);
SERVER_CODE Datum primecloud_guard_drop(PG_FUNCTION_ARGS) {
  if (!CALLED_AS_EVENT_TRIGGER(fcinfo)) {
    ereport(ERROR, errcode(ERRCODE_E_R_I_E_EVENT_TRIGGER_PROTOCOL_VIOLATED),
            errmsg("guard_drop can be called by an event trigger only"));
  }
  const targets dropped = targets_of(reinterpret_cast<const EventTriggerData *>(fcinfo->context)->parsetree);
  if (secret::allow_drop || dropped.none()) PG_RETURN_NULL();
  const char *table = obstacle(dropped);
  if (table == nullptr) PG_RETURN_NULL();
  ereport(ERROR, errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST),
          errmsg("refusing to drop primecloud: table %s has a sealed column that holds rows", table),
          errdetail("The column would be dropped with its type, and its secrets with it."),
          errhint("Take the secrets out first; or, as a superuser: SET primecloud.allow_drop = on."));
  PG_RETURN_NULL();
}
}
