// Data keys, found or made, ready to use.
//
// Raises server errors (PC001 to PC004): server code, to be called below a boundary
// with nothing alive that has a destructor.
#pragma once
#include "pg/server_code.hpp"
#include "secret/key_cache.hpp"

namespace primecloud::secret {

struct unwrapped_key {
  std::int64_t id;
  const std::uint8_t *bytes;  // 32, in the arena; valid until the server is called again
  std::string_view tenant;    // as long
  key_purpose purpose;
};

// The active key of a tenant for a purpose, made where there is none.  A key that seals
// is held until the end of the transaction: it cannot be retired meanwhile.
SERVER_CODE unwrapped_key active_key(std::string_view tenant, key_purpose purpose);

// The key of that id, if it may still open.
SERVER_CODE unwrapped_key key_by_id(std::int64_t id);

// A new key of the tenant, active once the caller has retired the old one; its id.
SERVER_CODE std::int64_t make_key(std::string_view tenant, key_purpose purpose);

// Tells every backend that the table of keys has changed, when this transaction commits.
SERVER_CODE void keys_changed();

}  // namespace primecloud::secret
