// The rows of primecloud.data_key, read and written past whatever the caller may not.
// Server code.
#pragma once

#include "core/secret/root_key.hpp"
#include "pg/cached_table.hpp"
#include "secret/key_cache.hpp"

namespace primecloud::secret {

struct key_row {
  std::int64_t id = 0;
  std::string_view tenant;  // in the current memory context
  key_purpose purpose{};
  char state = 0;  // a, d(ecrypt_only), r(etired), x (destroyed)
  std::int32_t root_version = 0;
  bool has_key = false;
  std::uint8_t wrapped[wrapped_key_size];
};

// Raises 55000 on another node of a cluster than the coordinator: the keys are here, and what another node has is from
// before it was one, or made by hand.
SERVER_CODE void check_keys_are_here();

// False where there is none.  Sees what has been committed by now, whatever the
// transaction's snapshot.
SERVER_CODE bool find_key(std::int64_t id, key_row &row);
SERVER_CODE bool find_active_key(std::string_view tenant, key_purpose purpose, key_row &row);

// The keys of a tenant that hash or open, in the current memory context.
SERVER_CODE std::int64_t *find_usable_keys(std::string_view tenant, key_purpose purpose, int *count);

// Whether the tenant's keys were destroyed, and none was made by hand since.
SERVER_CODE bool is_shredded(std::string_view tenant);

// Holds off others who would change the tenant's active key, until end_key() or until the transaction
// ends; and rotate_root().  55P03 where somebody else does for more than a moment.
SERVER_CODE void begin_key(std::string_view tenant, key_purpose purpose);
SERVER_CODE void end_key(std::string_view tenant, key_purpose purpose);
// Holds off whoever would make or change any key, for rotate_root(); 55P03 likewise.
SERVER_CODE void hold_off_makers();
// Whether there is an active key, or a transaction that has not ended has made one.
SERVER_CODE bool has_active_key(std::string_view tenant, key_purpose purpose, bool *committed);
// Whether this transaction has made it, or changed it.
SERVER_CODE bool active_key_is_new(std::string_view tenant, key_purpose purpose);
SERVER_CODE std::int64_t next_key_id();
// At once for everybody, and for good; where begin_key() is held, and has_active_key() was false since.
SERVER_CODE void insert_key_beside(std::int64_t id, std::string_view tenant, key_purpose purpose,
                                   std::int32_t root_version, const wrapped_key &wrapped);
// With the transaction.  False, after waiting for whoever is at it, if the tenant has an active key already.
SERVER_CODE bool insert_key(std::int64_t id, std::string_view tenant, key_purpose purpose, std::int32_t root_version,
                            const wrapped_key &wrapped);

extern pg::cached_table data_keys;  // kept in secret/key_cache.hpp

}  // namespace primecloud::secret
