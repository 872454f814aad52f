// The rows of primecloud_internal.token_key: what verifies tokens.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "core/tenant/token.hpp"
#include "pg/postgres.hpp"

namespace primecloud::tenant {

inline constexpr size_t longest_token_key = 512;  // bytes, as the table's check has it

// What a signature is checked with.
struct key_material {
  token_algorithm algorithm = token_algorithm::eddsa;
  size_t size = 0;
  std::uint8_t bytes[longest_token_key];

  std::span<const std::uint8_t> span() const noexcept { return {bytes, size}; }
  friend bool operator==(const key_material &a, const key_material &b) noexcept {
    return a.algorithm == b.algorithm && a.size == b.size && std::equal(a.bytes, a.bytes + a.size, b.bytes);
  }
};

struct token_key {
  bool active = false;  // there is such a key, and it is not revoked
  key_material material;
  bool has_issuer = false;
  char issuer[256];
  bool ends_known = false;  // it will be revoked
  int64 ends = 0;           // microseconds since 2000-01-01 UTC
};

// The key of that id as it is committed now, whatever snapshot the transaction has: a
// revoked key is revoked for transactions that began before, too.  Ids are an issuer's own: of several keys it is that
// of `issuer` (nullptr: of none), else that of no issuer, else any, which its token does not hold to.  Server code.
SERVER_CODE token_key find_token_key(const char *key_id, const char *issuer);

// What a context remembers of the key that it was entered with, and the key of that.
inline constexpr size_t longest_key_name = 2 * 256 + 8;
void name_token_key(const char *key_id, const char *issuer, char *out) noexcept;
SERVER_CODE token_key find_named_token_key(const char *name);

}  // namespace primecloud::tenant
