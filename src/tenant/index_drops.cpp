// What the guard must know of indexes that are dropped and SQL cannot tell it: which ones DROP INDEX
// CONCURRENTLY names, before it begins, and of what table one was that is dropped already.
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/row_version.hpp"

extern "C" {
#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/index.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_index.h"
#include "catalog/pg_type.h"
#include "commands/event_trigger.h"
#include "executor/spi.h"
#include "nodes/parsenodes.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
}

namespace {
using namespace primecloud;

// Held already when the command asks for it: of two that drop a key each of one table, the second sees
// what the first has left.
SERVER_CODE Datum name_and_lock(const DropStmt *drop, int *count) {
  auto *indexes = static_cast<Datum *>(palloc(sizeof(Datum) * static_cast<size_t>(list_length(drop->objects))));
  *count = 0;
  const ListCell *cell;
  foreach (cell, drop->objects) {
    const Oid index = RangeVarGetRelid(makeRangeVarFromNameList(lfirst_node(List, cell)), NoLock, true);
    // The server refuses what is no index, and who owns neither it nor its schema: he locks nothing here.
    if (!OidIsValid(index) || get_rel_relkind(index) != RELKIND_INDEX) continue;
    if (!pg::owns_relation(GetUserId(), index) && !pg::owns_schema(GetUserId(), get_rel_namespace(index))) continue;
    const Oid table = IndexGetRelation(index, true);
    if (!OidIsValid(table)) continue;
    LockRelationOid(table, ShareUpdateExclusiveLock);
    indexes[(*count)++] = ObjectIdGetDatum(index);
  }
  return PointerGetDatum(construct_array(indexes, *count, OIDOID, sizeof(Oid), true, TYPALIGN_INT));
}

// As whoever types the command: it reads what everybody may.
SERVER_CODE void ask_guard(Datum indexes) {
  if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "could not connect to the SQL manager");
  Oid types[] = {OIDARRAYOID};
  if (SPI_execute_with_args("SELECT primecloud_internal.guard_member_key($1)", 1, types, &indexes, nullptr, false, 0) !=
      SPI_OK_SELECT)
    elog(ERROR, "the guard could not be asked");
  SPI_finish();
}

// By the row of pg_index that is gone: nothing else says any more what the index was.
SERVER_CODE std::optional<pg::relation> table_of_dropped_key(pg::relation index) noexcept {
  Oid table = InvalidOid;
  ScanKeyData key;
  ScanKeyInit(&key, Anum_pg_index_indexrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(index.oid));
  Relation indexes = table_open(IndexRelationId, AccessShareLock);
  SysScanDesc rows = systable_beginscan(indexes, IndexRelidIndexId, true, SnapshotAny, 1, &key);
  for (HeapTuple row = systable_getnext(rows); HeapTupleIsValid(row); row = systable_getnext(rows)) {
    const auto *form = reinterpret_cast<Form_pg_index>(GETSTRUCT(row));
    if (pg::is_deleted_here(row) && form->indisunique && form->indisvalid) table = form->indrelid;
  }
  systable_endscan(rows);
  table_close(indexes, AccessShareLock);
  if (!OidIsValid(table)) return std::nullopt;
  return pg::relation{table};
}
}  // namespace

extern "C" {
PGDLLEXPORT Datum primecloud_guard_index(PG_FUNCTION_ARGS);
PG_FUNCTION_INFO_V1(primecloud_guard_index);
SERVER_CODE Datum primecloud_guard_index(PG_FUNCTION_ARGS) {
  if (!CALLED_AS_EVENT_TRIGGER(fcinfo)) {
    ereport(ERROR, errcode(ERRCODE_E_R_I_E_EVENT_TRIGGER_PROTOCOL_VIOLATED),
            errmsg("guard_index can be called by an event trigger only"));
  }
  const Node *statement = reinterpret_cast<const EventTriggerData *>(fcinfo->context)->parsetree;
  if (!IsA(statement, DropStmt)) PG_RETURN_NULL();
  const auto *drop = reinterpret_cast<const DropStmt *>(statement);
  if (!drop->concurrent || drop->removeType != OBJECT_INDEX) PG_RETURN_NULL();
  int count;
  const Datum indexes = name_and_lock(drop, &count);
  if (count > 0) ask_guard(indexes);
  PG_RETURN_NULL();
}
}
PRIMECLOUD_FUNCTION(primecloud_table_of_dropped_key, table_of_dropped_key);
