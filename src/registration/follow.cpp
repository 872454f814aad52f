// The event trigger by which registrations follow their objects: it has the extension look
// (primecloud_internal.follow) before a command, when what changed unseen is written down, and after
// it, when what must not be is refused.  An event trigger runs as whoever types the command, who has no
// right to registrations.
#include "pg/as_superuser.hpp"
#include "pg/table.hpp"
#include "registration/hold_column.hpp"

extern "C" {
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/partition.h"
#include "catalog/pg_type.h"
#include "commands/event_trigger.h"
#include "nodes/parsenodes.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
}

namespace {
using namespace primecloud;

SERVER_CODE void follow(bool refuses) {
  pg::as_superuser([&] {
    const Oid types[] = {BOOLOID};
    Datum values[] = {BoolGetDatum(refuses)};
    pg::run("SELECT primecloud_internal.follow($1)", 1, types, values);
  });
}

// The columns that ALTER TYPE ... USING computes anew, whether or not the type is another.
SERVER_CODE Datum computed(const AlterTableStmt *statement) {
  auto *names = static_cast<Datum *>(palloc0(sizeof(Datum) * static_cast<size_t>(list_length(statement->cmds) + 1)));
  int count = 0;
  const ListCell *cell;
  foreach (cell, statement->cmds) {
    const auto *part = lfirst_node(AlterTableCmd, cell);
    if (part->subtype != AT_AlterColumnType || part->name == nullptr || !IsA(part->def, ColumnDef)) continue;
    if (reinterpret_cast<const ColumnDef *>(part->def)->raw_default == nullptr) continue;
    names[count++] = CStringGetTextDatum(part->name);
  }
  return PointerGetDatum(construct_array(names, count, TEXTOID, -1, false, TYPALIGN_INT));
}

// Before a partition is detached in two transactions, of which the second could be refused alone: whoever places a hold
// on the whole comes before the first or after it.  Of who owns it not, the server says so.
SERVER_CODE void check_detach(const AlterTableStmt *statement) {
  const ListCell *cell;
  foreach (cell, statement->cmds) {
    const auto *part = lfirst_node(AlterTableCmd, cell);
    const bool finishes = part->subtype == AT_DetachPartitionFinalize;
    if (!finishes && part->subtype != AT_DetachPartition) continue;
    const auto *detached = reinterpret_cast<const PartitionCmd *>(part->def);
    if (!finishes && !detached->concurrent) continue;
    const Oid parent = RangeVarGetRelid(statement->relation, NoLock, true);
    const Oid partition = RangeVarGetRelid(detached->name, NoLock, true);
    if (!OidIsValid(parent) || !OidIsValid(partition) || !pg::owns_relation(GetUserId(), parent)) continue;
    if (!finishes) {
      const List *above = get_partition_ancestors(parent);
      LockDatabaseObject(pg::internal_table("known_table"), above == NIL ? parent : llast_oid(above), 0, ExclusiveLock);
    }
    pg::as_superuser([&] {
      const Oid types[] = {OIDOID, BOOLOID};
      Datum values[] = {ObjectIdGetDatum(partition), BoolGetDatum(finishes)};
      pg::run("SELECT primecloud_internal.check_detach($1, $2)", 2, types, values);
    });
  }
}

// After a partition was detached: what the whole has noted of its tenant constraints is its own to note.  Asked as
// whoever types the command, who writes a comment.
SERVER_CODE void note_let_go(const AlterTableStmt *statement) {
  const ListCell *cell;
  foreach (cell, statement->cmds) {
    const auto *part = lfirst_node(AlterTableCmd, cell);
    if (part->subtype != AT_DetachPartition && part->subtype != AT_DetachPartitionFinalize) continue;
    const Oid parent = RangeVarGetRelid(statement->relation, NoLock, true);
    const Oid partition = RangeVarGetRelid(reinterpret_cast<const PartitionCmd *>(part->def)->name, NoLock, true);
    if (!OidIsValid(parent) || !OidIsValid(partition)) continue;
    const Oid types[] = {OIDOID, OIDOID};
    Datum values[] = {ObjectIdGetDatum(partition), ObjectIdGetDatum(parent)};
    if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "could not connect to the SQL manager");
    pg::run("SELECT primecloud_internal.note_let_go($1, $2)", 2, types, values);
    SPI_finish();
  }
}

// After a table was made or altered, whatever its command was.
SERVER_CODE void check_logged() {
  pg::as_superuser([] { pg::run("SELECT primecloud_internal.check_logged()", 0, nullptr, nullptr); });
}

// Before a row of a table is written anew.
SERVER_CODE void check_rewrite(const AlterTableStmt *statement) {
  const Datum columns = computed(statement);
  pg::as_superuser([&] {
    const Oid types[] = {TEXTARRAYOID};
    Datum values[] = {columns};
    pg::run("SELECT primecloud_internal.check_rewritten(pg_catalog.pg_event_trigger_table_rewrite_oid(), $1)", 1, types,
            values);
  });
}
}  // namespace

extern "C" {
PGDLLEXPORT Datum primecloud_follow(PG_FUNCTION_ARGS);
PG_FUNCTION_INFO_V1(primecloud_follow);
SERVER_CODE Datum primecloud_follow(PG_FUNCTION_ARGS) {
  if (!CALLED_AS_EVENT_TRIGGER(fcinfo)) {
    ereport(ERROR, errcode(ERRCODE_E_R_I_E_EVENT_TRIGGER_PROTOCOL_VIOLATED),
            errmsg("follow_objects can be called by an event trigger only"));
  }
  const auto *event = reinterpret_cast<const EventTriggerData *>(fcinfo->context);
  const bool makes = event->tag == CMDTAG_CREATE_TABLE || event->tag == CMDTAG_CREATE_SCHEMA ||
                     event->tag == CMDTAG_CREATE_FOREIGN_TABLE;
  // A read-only transaction changes no table but temporary ones, which nobody registers.
  if (XactReadOnly) PG_RETURN_NULL();
  follow(!makes && strcmp(event->event, "ddl_command_start") != 0);
  if (strcmp(event->event, "ddl_command_start") == 0 && IsA(event->parsetree, AlterTableStmt)) {
    check_detach(reinterpret_cast<const AlterTableStmt *>(event->parsetree));
    registration::check_hold_columns(reinterpret_cast<const AlterTableStmt *>(event->parsetree));
  }
  if (strcmp(event->event, "ddl_command_end") == 0 && IsA(event->parsetree, AlterTableStmt))
    note_let_go(reinterpret_cast<const AlterTableStmt *>(event->parsetree));
  if (strcmp(event->event, "ddl_command_end") == 0 && (makes || IsA(event->parsetree, AlterTableStmt))) check_logged();
  if (strcmp(event->event, "table_rewrite") == 0 && IsA(event->parsetree, AlterTableStmt))
    check_rewrite(reinterpret_cast<const AlterTableStmt *>(event->parsetree));
  PG_RETURN_NULL();
}
}
