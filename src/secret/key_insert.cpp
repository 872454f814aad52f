// A new row of primecloud.data_key.
//
// The first key of a tenant is written beside the transaction that needs it: it is everybody's at once, and
// nobody waits for somebody's open transaction to have one. A key that rotate_key() makes takes the place
// of another, and so comes with the commit.
#include "pg/as_superuser.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/patience.hpp"
#include "pg/row_beside.hpp"
#include "pg/table.hpp"
#include "secret/key_table.hpp"

extern "C" {
#include "common/hashfn.h"
#include "storage/lmgr.h"
#include "storage/lock.h"
}

namespace primecloud::secret {
namespace {

enum column { key_id, tenant, purpose, state, root_version, wrapped, made_at, changed_at, columns };

SERVER_CODE LOCKTAG lock_of(std::string_view owner, key_purpose what) {
  const auto *bytes = reinterpret_cast<const unsigned char *>(owner.data());
  const uint64 hash = hash_bytes_extended(bytes, static_cast<int>(owner.size()), static_cast<uint64>(what));
  LOCKTAG tag;  // beside the advisory locks that SQL can take, which end in 1 and 2: nobody else holds it off
  SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, static_cast<uint32>(hash >> 32), static_cast<uint32>(hash), 0x5044);
  return tag;
}

SERVER_CODE bool try_lock(const LOCKTAG &tag) {
  return LockAcquire(&tag, ExclusiveLock, false, true) != LOCKACQUIRE_NOT_AVAIL;
}

}  // namespace

void begin_key(std::string_view owner, key_purpose what) {
  const LOCKTAG tag = lock_of(owner, what);
  const Oid table = data_keys.oid();
  // Both or neither: nobody waits for who waits.
  const bool held = pg::patiently([&] {
    if (!try_lock(tag)) return false;
    if (ConditionalLockRelationOid(table, RowExclusiveLock)) return true;
    LockRelease(&tag, ExclusiveLock, false);
    return false;
  });
  if (held) return;
  ereport(ERROR, errcode(ERRCODE_LOCK_NOT_AVAILABLE),
          errmsg("the keys of tenant \"%.*s\" are being changed by another transaction", static_cast<int>(owner.size()),
                 owner.data()),
          errhint("Try again when it has ended: it has called rotate_root(), rotate_key(), retire_key() or a sister."),
          errhidestmt(true), errhidecontext(true));
}

void end_key(std::string_view owner, key_purpose what) {
  const LOCKTAG tag = lock_of(owner, what);
  UnlockRelationOid(data_keys.oid(), RowExclusiveLock);
  LockRelease(&tag, ExclusiveLock, false);
}

// Whoever finds it held asks again; so nobody queues behind a rotation that waits for somebody else.
void hold_off_makers() {
  const Oid table = data_keys.oid();
  if (pg::patiently([&] { return ConditionalLockRelationOid(table, ShareRowExclusiveLock); })) return;
  ereport(ERROR, errcode(ERRCODE_LOCK_NOT_AVAILABLE),
          errmsg("the root key cannot be rotated now: another transaction changes data keys"),
          errhint("Nothing has changed: try again when it has ended. pg_locks names who holds primecloud.data_key."));
}

std::int64_t next_key_id() {
  std::int64_t id = 0;
  pg::as_superuser([&] {
    pg::run("SELECT pg_catalog.nextval('primecloud_internal.data_key_id')", 0, nullptr, nullptr);
    id = DatumGetInt64(pg::only_value());
  });
  return id;
}

void insert_key_beside(std::int64_t id, std::string_view owner, key_purpose what, std::int32_t version,
                       const wrapped_key &key) {
  Relation table = table_open(data_keys.oid(), NoLock);
  if (RelationGetDescr(table)->natts != columns) elog(ERROR, "primecloud.data_key has unexpected columns");
  TupleTableSlot *slot = table_slot_create(table, nullptr);
  ExecClearTuple(slot);
  memset(slot->tts_isnull, 0, sizeof(bool) * columns);
  slot->tts_values[key_id] = Int64GetDatum(id);
  slot->tts_values[tenant] = pg::datum<std::string_view>::put(owner);
  slot->tts_values[purpose] = CStringGetTextDatum(purpose_name(what));
  slot->tts_values[state] = CStringGetTextDatum("active");
  slot->tts_values[root_version] = Int32GetDatum(version);
  slot->tts_values[wrapped] = pg::datum<pg::bytes_view>::put(key);
  slot->tts_values[made_at] = slot->tts_values[changed_at] = TimestampTzGetDatum(GetCurrentTimestamp());
  ExecStoreVirtualTuple(slot);
  pg::insert_beside(table, slot);
  ExecDropSingleTupleTableSlot(slot);
  table_close(table, NoLock);
}

bool insert_key(std::int64_t id, std::string_view owner, key_purpose what, std::int32_t version,
                const wrapped_key &key) {
  bool inserted = false;
  pg::as_superuser([&] {
    const Oid types[] = {INT8OID, TEXTOID, TEXTOID, INT4OID, BYTEAOID};
    Datum values[] = {Int64GetDatum(id), pg::datum<std::string_view>::put(owner),
                      CStringGetTextDatum(purpose_name(what)), Int32GetDatum(version),
                      pg::datum<pg::bytes_view>::put(key)};
    pg::run(
        "INSERT INTO primecloud.data_key (key_id, tenant, purpose, root_version, wrapped) VALUES ($1, $2, $3, $4, $5) "
        "ON CONFLICT (tenant, purpose) WHERE state OPERATOR(pg_catalog.=) 'active' DO NOTHING",
        5, types, values);
    inserted = SPI_processed > 0;
  });
  return inserted;
}

}  // namespace primecloud::secret
