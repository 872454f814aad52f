// Data keys, as this backend has unwrapped them: in locked memory, forgotten when the
// table of keys changes, the root key changes, or a transaction that made one aborts.
//
// Raises server errors (PC001-PC004) and the `unwinding` of one: call it below a
// boundary, and under guarded() where objects are alive.
#pragma once

#include <cstdint>

namespace primecloud::secret {

struct unwrapped_key {
  std::int64_t id;
  const std::uint8_t *bytes;  // 32, in the arena; valid until the next call here
};

// The active key of a tenant for a purpose, made where there is none.
unwrapped_key active_key(const char *tenant, const char *purpose);

// The key of that id, if it may still open.  `tenant` receives whose it is, in the
// current memory context.
unwrapped_key key_by_id(std::int64_t id, const char **tenant);

// Wipes the arena.
void forget_keys() noexcept;

// The newest root key's version after checking it against the database; raises PC001
// or PC002 where there is none or another.
std::int32_t verify_root_key();

}  // namespace primecloud::secret
