#include "retention/reach.hpp"

extern "C" {
#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_trigger.h"
#include "nodes/pg_list.h"
#include "utils/fmgroids.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/rel.h"
}

namespace primecloud::retention {
namespace {

struct walk {
  Snapshot seen;
  HTAB *known;    // each of them once, whatever the ways to it
  List *waiting;  // those of which it is not known yet what they reach
};

// Calls visit(tuple) for the rows of a catalog that have an oid in the first column of an index, as a snapshot sees
// them, or without one as they are now.
template <class F>
SERVER_CODE void for_each_entry(Oid catalog, Oid index, AttrNumber column, Oid value, Snapshot snapshot, F &&visit) {
  ScanKeyData key;
  ScanKeyInit(&key, column, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(value));
  Relation table = table_open(catalog, AccessShareLock);
  SysScanDesc scan = systable_beginscan(table, index, true, snapshot, 1, &key);
  for (HeapTuple tuple = systable_getnext(scan); HeapTupleIsValid(tuple); tuple = systable_getnext(scan)) visit(tuple);
  systable_endscan(scan);
  table_close(table, AccessShareLock);
}

template <class F>
SERVER_CODE void for_each_parent(Oid table, Snapshot snapshot, F &&visit) {
  for_each_entry(InheritsRelationId, InheritsRelidSeqnoIndexId, Anum_pg_inherits_inhrelid, table, snapshot,
                 [&](HeapTuple tuple) { visit(reinterpret_cast<Form_pg_inherits>(GETSTRUCT(tuple))->inhparent); });
}

SERVER_CODE void arrive(walk &under_way, const reached &at) {
  bool found;
  hash_search(under_way.known, &at, HASH_ENTER, &found);
  if (found) return;
  auto *noted = static_cast<reached *>(palloc(sizeof(reached)));
  *noted = at;
  under_way.waiting = lappend(under_way.waiting, noted);
}

SERVER_CODE reached made(Oid table, bool deleted, bool carried, bool fresh) {
  reached at;
  memset(&at, 0, sizeof at);  // hashed as bytes
  at.table = table;
  at.deleted = deleted;
  at.carried = carried;
  at.fresh = fresh;
  return at;
}

SERVER_CODE bool saw_trigger(Snapshot seen, Oid trigger) {
  bool found = false;
  for_each_entry(TriggerRelationId, TriggerOidIndexId, Anum_pg_trigger_oid, trigger, seen,
                 [&](HeapTuple) { found = true; });
  return found;
}

bool deletes(Oid action) { return action == F_RI_FKEY_CASCADE_DEL; }
bool unsets(Oid action) { return action == F_RI_FKEY_SETNULL_DEL || action == F_RI_FKEY_SETDEFAULT_DEL; }
bool carries_change(Oid action) {
  return action == F_RI_FKEY_CASCADE_UPD || action == F_RI_FKEY_SETNULL_UPD || action == F_RI_FKEY_SETDEFAULT_UPD;
}

// By the triggers that do what a key says, which stand on the table that it points at.
SERVER_CODE void go_along(walk &under_way, const reached &at) {
  for_each_entry(TriggerRelationId, TriggerRelidNameIndexId, Anum_pg_trigger_tgrelid, at.table, nullptr,
                 [&](HeapTuple tuple) {
                   const auto *trigger = reinterpret_cast<const FormData_pg_trigger *>(GETSTRUCT(tuple));
                   if (!trigger->tgisinternal || !OidIsValid(trigger->tgconstrrelid)) return;
                   const Oid action = trigger->tgfoid;
                   if (at.deleted ? !deletes(action) && !unsets(action) : !carries_change(action)) return;
                   const bool fresh = at.fresh || !saw_trigger(under_way.seen, trigger->oid);
                   arrive(under_way, made(trigger->tgconstrrelid, deletes(action), true, fresh));
                 });
}

// Partitions and children are of the table: their rows are removed by its name.
SERVER_CODE void go_down(walk &under_way, const reached &at) {
  for_each_entry(InheritsRelationId, InheritsParentIndexId, Anum_pg_inherits_inhparent, at.table, nullptr,
                 [&](HeapTuple tuple) {
                   const Oid part = reinterpret_cast<Form_pg_inherits>(GETSTRUCT(tuple))->inhrelid;
                   bool seen = false;
                   for_each_parent(part, under_way.seen, [&](Oid parent) { seen = seen || parent == at.table; });
                   arrive(under_way, made(part, at.deleted, at.carried, at.fresh || !seen));
                 });
}

}  // namespace

SERVER_CODE void walk_reach(Oid table, bool changes, Snapshot seen, visitor visit, void *context) {
  const MemoryContext own = AllocSetContextCreate(CurrentMemoryContext, "reach of a deletion", ALLOCSET_SMALL_SIZES);
  const MemoryContext before = MemoryContextSwitchTo(own);
  HASHCTL control{};
  control.keysize = control.entrysize = sizeof(reached);
  control.hcxt = own;
  walk under_way{seen, hash_create("reached tables", 64, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT), NIL};
  arrive(under_way, made(table, true, false, false));
  if (changes) arrive(under_way, made(table, false, false, false));
  while (under_way.waiting != NIL) {
    CHECK_FOR_INTERRUPTS();
    const reached at = *static_cast<reached *>(llast(under_way.waiting));
    under_way.waiting = list_delete_last(under_way.waiting);
    MemoryContextSwitchTo(before);
    visit(at, context);
    MemoryContextSwitchTo(own);
    go_along(under_way, at);
    go_down(under_way, at);
  }
  MemoryContextSwitchTo(before);
  MemoryContextDelete(own);
}

SERVER_CODE bool is_part_of(Oid table, Oid whole) {
  if (table == whole) return true;
  bool found = false;
  for_each_parent(table, nullptr, [&](Oid parent) { found = found || is_part_of(parent, whole); });
  return found;
}

}  // namespace primecloud::retention
