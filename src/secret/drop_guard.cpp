// The guard of DROP EXTENSION: a ddl_command_start event trigger that keeps what cannot be had back from
// being dropped along.  What that is, SQL says (sql/secret/drop_guard.sql).  Quiet in every other case.
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

// What keeps the extension from being dropped, in words; null where nothing does.
SERVER_CODE const char *obstacles(const targets &dropped) {
  char *reasons = nullptr;
  const MemoryContext caller = CurrentMemoryContext;
  const Oid types[] = {OIDARRAYOID, OIDARRAYOID, OIDARRAYOID};
  Datum values[] = {oid_array(dropped.extensions), oid_array(dropped.schemas), oid_array(dropped.owners)};
  pg::as_superuser([&] {
    pg::run("SELECT primecloud_internal.reasons_to_stay() WHERE primecloud_internal.reaches_extension($1, $2, $3)", 3,
            types, values);
    bool null = SPI_processed == 0;
    const Datum found = null ? 0 : SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null);
    if (!null) reasons = MemoryContextStrdup(caller, TextDatumGetCString(found));
  });
  return reasons;
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
  const char *reasons = obstacles(dropped);
  if (reasons == nullptr) PG_RETURN_NULL();
  ereport(ERROR, errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST), errmsg("refusing to drop primecloud: %s", reasons),
          errdetail("Sealed columns would be dropped with their type, and with the keys whatever was sealed or hashed "
                    "by them; nobody would ask for holds any more."),
          errhint("SELECT * FROM primecloud.leave() lists what takes them out, releases and undoes the rest, and "
                  "leave(dry_run => "
                  "false) does it; or, as a superuser: SET primecloud.allow_drop = on."));
  PG_RETURN_NULL();
}
}
