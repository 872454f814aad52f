// TRUNCATE fires no event trigger.  The server tells of each table that it is about to empty, also of
// those that it reaches by cascading and of the parts of them; whether one is held is asked when all of
// them are locked and emptied, so that no hold comes between, and an error brings them back.
//
// A table without a page has nothing that a hold could keep, and is emptied whoever holds it: a parallel restore
// says TRUNCATE before it fills a table, when the row of the hold may be there already.
#include "pg/as_superuser.hpp"
#include "pg/startup.hpp"
#include "registration/lock_named.hpp"
#include "secret/settings.hpp"

extern "C" {
#include "access/relation.h"
#include "access/xact.h"
#include "catalog/objectaccess.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "nodes/parsenodes.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "tcop/utility.h"
#include "utils/array.h"
#include "utils/memutils.h"
}

namespace primecloud::registration {
namespace {

object_access_hook_type next_access = nullptr;
ProcessUtility_hook_type next_utility = nullptr;

// Of this transaction, in its memory; an aborted part of it leaves its own behind, which nobody asks of again.
List *told = NIL;

// Nobody else writes what this transaction has locked so, and its own rows have pages as well.  (How many another
// access method's tables have says nothing, and a foreign table's rows are elsewhere.)
SERVER_CODE bool has_nothing(Oid table) {
  if (!CheckRelationOidLockedByMe(table, AccessExclusiveLock, true)) return false;
  Relation rel = try_relation_open(table, NoLock);
  if (rel == nullptr) return false;
  const bool empty = rel->rd_rel->relkind == RELKIND_PARTITIONED_TABLE ||
                     (rel->rd_rel->relkind == RELKIND_RELATION && rel->rd_rel->relam == HEAP_TABLE_AM_OID &&
                      RelationGetNumberOfBlocks(rel) == 0);
  relation_close(rel, NoLock);
  return empty;
}

SERVER_CODE void hear(ObjectAccessType access, Oid catalog, Oid object, int part, void *more) {
  if (next_access != nullptr) next_access(access, catalog, object, part, more);
  if (access != OAT_TRUNCATE || catalog != RelationRelationId || has_nothing(object)) return;
  const MemoryContext before = MemoryContextSwitchTo(TopTransactionContext);
  told = lappend_oid(told, object);
  MemoryContextSwitchTo(before);
}

SERVER_CODE void forget(XactEvent, void *) { told = NIL; }

SERVER_CODE Datum told_since(int start) {
  const int count = list_length(told) - start;
  auto *tables = static_cast<Datum *>(palloc(sizeof(Datum) * static_cast<size_t>(count)));
  for (int i = 0; i < count; ++i) tables[i] = ObjectIdGetDatum(list_nth_oid(told, start + i));
  return PointerGetDatum(construct_array(tables, count, OIDOID, sizeof(Oid), true, TYPALIGN_INT));
}

SERVER_CODE void refuse_held(int start) {
  if (list_length(told) <= start || secret::allow_drop || !OidIsValid(pg::internal_table("open_hold"))) return;
  CommandCounterIncrement();
  pg::as_superuser([&] {
    const Oid types[] = {OIDARRAYOID};
    Datum values[] = {told_since(start)};
    pg::run("SELECT primecloud_internal.check_truncate($1)", 1, types, values);
  });
}

SERVER_CODE void empty(PlannedStmt *statement, const char *text, bool read_only, ProcessUtilityContext context,
                       ParamListInfo parameters, QueryEnvironment *environment, DestReceiver *destination,
                       QueryCompletion *completion) {
  const int start = list_length(told);
  if (IsA(statement->utilityStmt, TruncateStmt)) lock_named(reinterpret_cast<TruncateStmt *>(statement->utilityStmt));
  (next_utility != nullptr ? next_utility : standard_ProcessUtility)(statement, text, read_only, context, parameters,
                                                                     environment, destination, completion);
  if (IsA(statement->utilityStmt, TruncateStmt)) refuse_held(start);
}

SERVER_CODE void watch_server() {
  next_access = object_access_hook;
  object_access_hook = hear;
  next_utility = ProcessUtility_hook;
  ProcessUtility_hook = empty;
  RegisterXactCallback(forget, nullptr);
}
const pg::startup watching{watch_server};

}  // namespace
}  // namespace primecloud::registration
