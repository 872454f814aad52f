// A new row of primecloud.data_key.
#include "pg/as_superuser.hpp"
#include "pg/datum_builtin.hpp"
#include "secret/key_table.hpp"

extern "C" {
#include "common/hashfn.h"
#include "storage/lock.h"
}

namespace primecloud::secret {

void begin_key(std::string_view owner, key_purpose what) {
  const auto *bytes = reinterpret_cast<const unsigned char *>(owner.data());
  const uint64 hash = hash_bytes_extended(bytes, static_cast<int>(owner.size()), static_cast<uint64>(what));
  LOCKTAG tag;  // beside the advisory locks that SQL can take, which end in 1 and 2: nobody else holds it off
  SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, static_cast<uint32>(hash >> 32), static_cast<uint32>(hash), 0x5044);
  (void)LockAcquire(&tag, ExclusiveLock, false, false);
}

std::int64_t next_key_id() {
  std::int64_t id = 0;
  pg::as_superuser([&] {
    pg::run("SELECT pg_catalog.nextval('primecloud_internal.data_key_id')", 0, nullptr, nullptr);
    id = DatumGetInt64(pg::only_value());
  });
  return id;
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
