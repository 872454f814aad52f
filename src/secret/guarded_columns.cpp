#include "secret/guarded_columns.hpp"

#include "pg/cached_table.hpp"
#include "secret/sealed_scan.hpp"

extern "C" {
#include "utils/hsearch.h"
#include "utils/memutils.h"
}

namespace primecloud::secret {
namespace {

// A look-up costs more than the cipher, and a statement of an application's writes one row.
struct {
  MemoryContext memory;
  HTAB *tables;
  std::uint64_t changes;  // pg::relation_changes() before the first look-up
} known;

SERVER_CODE void forget_what_is_old() {
  if (known.memory != nullptr && known.changes == pg::relation_changes()) return;
  if (known.memory != nullptr) MemoryContextDelete(known.memory);
  known = {};
  known.changes = pg::relation_changes();
  MemoryContext memory = AllocSetContextCreate(TopMemoryContext, "guarded sealed columns", ALLOCSET_SMALL_SIZES);
  HASHCTL shape{};
  shape.keysize = sizeof(Oid);
  shape.entrysize = sizeof(guarded_columns);
  shape.hcxt = memory;
  known.tables = hash_create("guarded sealed columns", 16, &shape, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
  known.memory = memory;
}

SERVER_CODE guarded_column guarded(Relation table, const registration &of) {
  guarded_column found{};
  found.of = of;
  const Oid oid = RelationGetRelid(table);
  found.number = get_attnum(oid, NameStr(of.column));
  found.whole = get_attnum(oid, NameStr(of.tenant_column)) > 0 && get_attnum(oid, NameStr(of.id_column)) > 0;
  // A column of another type is none of ours, whatever is registered.
  if (found.number > 0 &&
      getBaseType(TupleDescAttr(RelationGetDescr(table), found.number - 1)->atttypid) != sealed_type())
    found.number = InvalidAttrNumber;
  if (found.whole && found.number > 0) {
    found.tenant = find_column_text(table, NameStr(of.tenant_column));
    found.id = find_column_text(table, NameStr(of.id_column));
  }
  return found;
}

SERVER_CODE void look_up(Relation table, guarded_columns &found) {
  registration *registered;
  const int count = find_registrations(RelationGetRelid(table), &registered);
  const MemoryContext caller = MemoryContextSwitchTo(known.memory);
  found.columns = static_cast<guarded_column *>(palloc(sizeof(guarded_column) * static_cast<size_t>(count + 1)));
  for (int i = 0; i < count; i++) {
    const guarded_column column = guarded(table, registered[i]);
    if (column.number > 0) found.columns[found.count++] = column;
  }
  MemoryContextSwitchTo(caller);
}

}  // namespace

guarded_columns &guarded_columns_of(Relation table) {
  forget_what_is_old();
  Oid oid = RelationGetRelid(table);
  auto *kept = static_cast<guarded_columns *>(hash_search(known.tables, &oid, HASH_FIND, nullptr));
  if (kept != nullptr) return *kept;
  guarded_columns found{oid, 0, nullptr};
  // What is registered by now, whatever the transaction's snapshot: tables and columns are those of now, too.
  PushActiveSnapshot(GetLatestSnapshot());
  look_up(table, found);
  PopActiveSnapshot();
  kept = static_cast<guarded_columns *>(hash_search(known.tables, &oid, HASH_ENTER, nullptr));
  *kept = found;
  return *kept;
}

}  // namespace primecloud::secret
