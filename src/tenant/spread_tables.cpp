#include "tenant/spread_tables.hpp"

#include "pg/cached_table.hpp"
#include "pg/catalog_rows.hpp"
#include "pg/table.hpp"
#include "tenant/cluster.hpp"

extern "C" {
#include "catalog/pg_namespace.h"
#include "utils/hsearch.h"
}

namespace primecloud::tenant {
namespace {

struct known_table {
  Oid table;
  std::uint64_t known_at;
  bool spread, here, copied;
};
HTAB *known_tables = nullptr;

SERVER_CODE Oid citus_relation(const char *name) { return get_relname_relid(name, PG_CATALOG_NAMESPACE); }

// A list of Citus' that has not the columns that it had is none that we read.
SERVER_CODE bool has_columns(Oid list, const char *first, AttrNumber one, const char *second, AttrNumber two) {
  return OidIsValid(list) && get_attnum(list, first) == one && get_attnum(list, second) == two;
}

// Calls visit(tuple, descriptor) for each row whose column has the value.
template <class F>
SERVER_CODE void for_each_listed(Oid list, const char *index, AttrNumber column, RegProcedure equal, Datum value,
                                 F &&visit) {
  ScanKeyData key;
  ScanKeyInit(&key, column, BTEqualStrategyNumber, equal, value);
  Relation table = table_open(list, AccessShareLock);
  const Oid by = citus_relation(index);
  SysScanDesc rows = systable_beginscan(table, by, OidIsValid(by), pg::snapshot_of_now(list), 1, &key);
  for (HeapTuple row = systable_getnext(rows); HeapTupleIsValid(row); row = systable_getnext(rows))
    visit(row, RelationGetDescr(table));
  systable_endscan(rows);
  table_close(table, AccessShareLock);
}

// What stands in a column of one character, if it is listed at all.
SERVER_CODE char listed_as(Oid table, const char *name, AttrNumber column) {
  const Oid list = citus_relation("pg_dist_partition");
  if (!has_columns(list, "logicalrelid", 1, name, column)) return '\0';
  char found = '\0';
  for_each_listed(list, "pg_dist_partition_logical_relid_index", 1, F_OIDEQ, ObjectIdGetDatum(table),
                  [&](HeapTuple row, TupleDesc columns) {
                    bool none = false;
                    const Datum value = heap_getattr(row, column, columns, &none);
                    if (!none) found = DatumGetChar(value);
                  });
  return found;
}

SERVER_CODE bool is_listed_as_spread(Oid table) {
  const char method = listed_as(table, "partmethod", 2);
  return method != '\0' && method != 'n';
}

// (By two-phase commits: what every node has whole. A table of the coordinator's is listed, too.)
SERVER_CODE bool is_listed_as_copied(Oid table) { return listed_as(table, "repmodel", 5) == 't'; }

SERVER_CODE bool is_placed_here(std::int64_t shard) {
  constexpr AttrNumber its_shard = 2, its_group = 5;
  const Oid list = citus_relation("pg_dist_placement");
  if (!has_columns(list, "shardid", its_shard, "groupid", its_group)) return true;
  bool here = false;
  for_each_listed(list, "pg_dist_placement_shardid_index", its_shard, F_INT8EQ, Int64GetDatum(shard),
                  [&](HeapTuple row, TupleDesc columns) {
                    bool none = false;
                    const Datum group = heap_getattr(row, its_group, columns, &none);
                    here = here || none || DatumGetInt32(group) == 0;
                  });
  return here;
}

// Whatever is not understood is here.
SERVER_CODE bool has_shard_here(Oid table) {
  const Oid list = citus_relation("pg_dist_shard");
  if (is_worker() || !has_columns(list, "logicalrelid", 1, "shardid", 2)) return true;
  bool here = false;
  for_each_listed(list, "pg_dist_shard_logical_relid_index", 1, F_OIDEQ, ObjectIdGetDatum(table),
                  [&](HeapTuple row, TupleDesc columns) {
                    bool none = false;
                    const Datum shard = heap_getattr(row, 2, columns, &none);
                    here = here || none || is_placed_here(DatumGetInt64(shard));
                  });
  return here;
}

SERVER_CODE const known_table *look_up(Oid table) {
  if (known_tables == nullptr) {
    HASHCTL layout{};
    layout.keysize = sizeof(Oid);
    layout.entrysize = sizeof(known_table);
    known_tables = hash_create("primecloud tables on shards", 64, &layout, HASH_ELEM | HASH_BLOBS);
  }
  auto *known = static_cast<known_table *>(hash_search(known_tables, &table, HASH_FIND, nullptr));
  if (known != nullptr && known->known_at == pg::relation_changes()) return known;
  const std::uint64_t before = pg::relation_changes();
  const bool spread = is_listed_as_spread(table), here = spread && has_shard_here(table);
  const bool copied = is_listed_as_copied(table);
  known = static_cast<known_table *>(hash_search(known_tables, &table, HASH_ENTER, nullptr));
  *known = {table, before, spread, here, copied};
  return known;
}

}  // namespace

bool is_spread(Oid table) { return look_up(table)->spread; }
bool is_on_nodes(Oid table) {
  const known_table *known = look_up(table);
  return known->spread || known->copied;
}

bool is_spread_elsewhere(Oid table) {
  const known_table *known = look_up(table);
  return known->spread && !known->here;
}

}  // namespace primecloud::tenant
