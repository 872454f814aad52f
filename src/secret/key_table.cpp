#include "secret/key_table.hpp"

#include "pg/c_string.hpp"
#include "pg/datum_builtin.hpp"

extern "C" {
#include "access/genam.h"
#include "catalog/pg_collation.h"
#include "utils/fmgroids.h"
}

namespace primecloud::secret {
namespace {

enum column { key_id = 1, tenant, purpose, state, root_version, wrapped, columns = wrapped };

char state_letter(std::string_view text) noexcept {
  return text == "destroyed" ? 'x' : text.empty() ? '\0' : text.front();
}

SERVER_CODE void take_row(HeapTuple tuple, TupleDesc desc, key_row &row) {
  Datum values[16];
  bool nulls[16];
  heap_deform_tuple(tuple, desc, values, nulls);
  row.id = DatumGetInt64(values[key_id - 1]);
  const std::string_view owner = pg::text_in(values[tenant - 1]);
  row.tenant = {pg::c_string(owner), owner.size()};
  const std::string_view what = pg::text_in(values[purpose - 1]);
  row.purpose = what == "seal" ? key_purpose::seal : what == "index" ? key_purpose::index : key_purpose::token;
  row.state = state_letter(pg::text_in(values[state - 1]));
  row.root_version = DatumGetInt32(values[root_version - 1]);
  row.has_key = !nulls[wrapped - 1] && pg::text_in(values[wrapped - 1]).size() == wrapped_key_size;
  if (row.has_key) memcpy(row.wrapped, pg::text_in(values[wrapped - 1]).data(), wrapped_key_size);
}

// Calls visit(row) for each row that the index finds, until it returns false.
template <class F>
SERVER_CODE void scan(const char *index, ScanKey keys, int count, F &&visit) {
  check_keys_are_here();
  const Oid oid = data_keys.oid();
  if (!OidIsValid(oid))
    ereport(ERROR, errcode(ERRCODE_UNDEFINED_TABLE), errmsg("the table of data keys is missing"),
            errhint("It is part of the extension: restore the database, or make the extension anew."));
  Relation table = table_open(oid, AccessShareLock);
  if (RelationGetDescr(table)->natts < columns || RelationGetDescr(table)->natts > 16)
    elog(ERROR, "primecloud.data_key has unexpected columns");
  const Snapshot snapshot = RegisterSnapshot(pg::snapshot_of_now(oid));
  SysScanDesc rows = systable_beginscan(table, pg::extension_table(index), true, snapshot, count, keys);
  for (HeapTuple tuple = systable_getnext(rows); HeapTupleIsValid(tuple); tuple = systable_getnext(rows)) {
    key_row row;
    take_row(tuple, RelationGetDescr(table), row);
    if (!visit(row)) break;
  }
  systable_endscan(rows);
  UnregisterSnapshot(snapshot);
  table_close(table, AccessShareLock);
}

SERVER_CODE bool find_one(const char *index, ScanKey keys, int count, key_row &row) {
  bool found = false;
  scan(index, keys, count, [&](const key_row &each) {
    row = each;
    found = true;
    return false;
  });
  return found;
}

// The first two columns of an index on (tenant, purpose).
SERVER_CODE void select_keys(ScanKeyData *keys, std::string_view owner, key_purpose what) {
  const Datum values[] = {pg::datum<std::string_view>::put(owner), CStringGetTextDatum(purpose_name(what))};
  for (int i = 0; i < 2; i++) {
    ScanKeyEntryInitialize(&keys[i], 0, static_cast<AttrNumber>(tenant + i), BTEqualStrategyNumber, InvalidOid,
                           C_COLLATION_OID, F_TEXTEQ, values[i]);
  }
}

}  // namespace

pg::cached_table data_keys{"data_key", forget_keys};

bool find_key(std::int64_t id, key_row &row) {
  ScanKeyData key;
  ScanKeyInit(&key, key_id, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(id));
  return find_one("data_key_pkey", &key, 1, row);
}

bool find_active_key(std::string_view owner, key_purpose what, key_row &row) {
  ScanKeyData keys[2];
  select_keys(keys, owner, what);
  return find_one("data_key_one_active", keys, 2, row);
}

SERVER_CODE std::int64_t *find_usable_keys(std::string_view owner, key_purpose what, int *count) {
  ScanKeyData keys[2];
  select_keys(keys, owner, what);
  int room = 16;
  auto *ids = static_cast<std::int64_t *>(palloc(sizeof(std::int64_t) * static_cast<size_t>(room)));
  *count = 0;
  scan("data_key_tenant", keys, 2, [&](const key_row &row) {
    if (row.state != 'a' && row.state != 'd') return true;
    if (*count == room)
      ids = static_cast<std::int64_t *>(repalloc(ids, sizeof(std::int64_t) * static_cast<size_t>(room *= 2)));
    ids[(*count)++] = row.id;
    return true;
  });
  return ids;
}

bool has_active_key(std::string_view owner, key_purpose what, bool *committed) {
  ScanKeyData keys[2];
  select_keys(keys, owner, what);
  Relation table = table_open(data_keys.oid(), AccessShareLock);
  SnapshotData everyone;
  InitDirtySnapshot(everyone);
  SysScanDesc rows = systable_beginscan(table, pg::extension_table("data_key_one_active"), true, &everyone, 2, keys);
  const bool found = HeapTupleIsValid(systable_getnext(rows));
  *committed = found && !TransactionIdIsValid(everyone.xmin);
  systable_endscan(rows);
  table_close(table, AccessShareLock);
  return found;
}

bool active_key_is_new(std::string_view owner, key_purpose what) {
  ScanKeyData keys[2];
  select_keys(keys, owner, what);
  Relation table = table_open(data_keys.oid(), AccessShareLock);
  const Snapshot snapshot = RegisterSnapshot(pg::snapshot_of_now(RelationGetRelid(table)));
  SysScanDesc rows = systable_beginscan(table, pg::extension_table("data_key_one_active"), true, snapshot, 2, keys);
  const HeapTuple row = systable_getnext(rows);
  const bool made = HeapTupleIsValid(row) && TransactionIdIsCurrentTransactionId(HeapTupleHeaderGetXmin(row->t_data));
  systable_endscan(rows);
  UnregisterSnapshot(snapshot);
  table_close(table, AccessShareLock);
  return made;
}

bool is_shredded(std::string_view owner) {
  ScanKeyData keys[2];
  select_keys(keys, owner, key_purpose::seal);
  bool destroyed = false, active = false;
  scan("data_key_tenant", keys, 1, [&](const key_row &row) {
    destroyed |= row.state == 'x';
    active |= row.state == 'a';
    return !active;
  });
  return destroyed && !active;
}

}  // namespace primecloud::secret
