// sealed_rows_by_key: how many rows of a column hold an envelope of each data key: as the column's
// value, or within an array or a row that is its value.
//
// Counts rows of transactions that are still open too, as a retirement must.  A table that somebody holds locked is not
// seen: it has one row of nulls, and whoever asks about all tables asks again, or goes on without it.
#include "pg/c_string.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/patience.hpp"
#include "secret/envelopes_in.hpp"
#include "secret/sealed_scan.hpp"

extern "C" {
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
}

namespace {
using namespace primecloud;

struct usage {
  int64 key;  // the hash table's
  int64 rows;
  int64 last_row;  // a row that holds several of a key is one row
};

struct counting {
  HTAB *counts;
  int64 row;
};
SERVER_CODE void count_key(void *to, int64 key) {
  auto *c = static_cast<counting *>(to);
  bool known;
  auto *entry = static_cast<usage *>(hash_search(c->counts, &key, HASH_ENTER, &known));
  if (!known) *entry = {key, 0, 0};
  if (entry->last_row == c->row) return;
  entry->last_row = c->row;
  entry->rows++;
}

SERVER_CODE bool lock_for_reading(Oid relation, bool patient) {
  if (!patient) return ConditionalLockRelationOid(relation, AccessShareLock);
  return pg::patiently([&] { return ConditionalLockRelationOid(relation, AccessShareLock); });
}

// nullptr where the table is not seen.
SERVER_CODE HTAB *count_by_key(Oid relation, const char *column, bool patient) {
  if (!lock_for_reading(relation, patient)) return nullptr;
  HASHCTL shape{};
  shape.keysize = sizeof(int64);
  shape.entrysize = sizeof(usage);
  shape.hcxt = CurrentMemoryContext;
  HTAB *counts = hash_create("rows by data key", 64, &shape, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
  Relation table = try_table_open(relation, AccessShareLock);
  UnlockRelationOid(relation, AccessShareLock);
  if (table == nullptr) return counts;  // dropped meanwhile, with all that was sealed in it
  const AttrNumber number = secret::stored_column_number(table, column);
  const Oid type = TupleDescAttr(RelationGetDescr(table), number - 1)->atttypid;
  const Oid sealed = secret::sealed_type();
  if (!secret::may_hold_envelopes(type, sealed)) {
    ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
            errmsg("column \"%s\" of \"%s\" is not sealed", column, RelationGetRelationName(table)),
            errhint("Its type was altered meanwhile: try again."));
  }
  SnapshotData everyone;
  InitDirtySnapshot(everyone);
  TupleTableSlot *slot = table_slot_create(table, nullptr);
  TableScanDesc scan = table_beginscan(table, &everyone, 0, nullptr);
  MemoryContext row = AllocSetContextCreate(CurrentMemoryContext, "envelope", ALLOCSET_SMALL_SIZES);
  counting c{counts, 0};
  while (table_scan_getnextslot(scan, ForwardScanDirection, slot)) {
    CHECK_FOR_INTERRUPTS();
    c.row++;
    bool null;
    const Datum stored = slot_getattr(slot, number, &null);
    if (null) continue;
    const MemoryContext outside = MemoryContextSwitchTo(row);
    secret::for_each_envelope(stored, type, sealed, count_key, &c);
    MemoryContextSwitchTo(outside);
    MemoryContextReset(row);
  }
  table_endscan(scan);
  ExecDropSingleTupleTableSlot(slot);
  table_close(table, AccessShareLock);
  return counts;
}

using counted = pg::rows<std::tuple<std::optional<int64>, std::optional<int64>>>;

counted sealed_rows_by_key(pg::relation relation, std::string_view column, bool patient) {
  HTAB *counts = pg::guarded([&] { return count_by_key(relation.oid, pg::c_string(column), patient); });
  counted found;
  if (counts == nullptr) {
    found.emplace_back(std::nullopt, std::nullopt);
    return found;
  }
  HASH_SEQ_STATUS each;
  pg::guarded([&] { hash_seq_init(&each, counts); });
  while (const auto *entry = static_cast<usage *>(hash_seq_search(&each))) found.emplace_back(entry->key, entry->rows);
  return found;
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_sealed_rows_by_key, sealed_rows_by_key);
