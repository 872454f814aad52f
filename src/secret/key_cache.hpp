// Data keys, as this backend has unwrapped them: one locked arena a backend, wiped when
// the table of keys or the root key changes.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/secret/envelope.hpp"
#include "core/secret/root_key.hpp"
#include "core/tenant/carried.hpp"
#include "pg/server_code.hpp"

namespace primecloud::secret {

enum class key_purpose : std::uint8_t { seal, index, token };
inline const char *purpose_name(key_purpose purpose) noexcept {
  switch (purpose) {
    case key_purpose::seal: return "seal";
    case key_purpose::index: return "index";
    case key_purpose::token: return "token";
  }
  return "";
}

struct cached_key {
  std::uint8_t bytes[32];
  std::int64_t id;  // 0: empty
  key_purpose purpose;
  bool active;
  std::uint8_t tenant_size;
  char tenant[longest_tenant];

  std::string_view owner() const noexcept { return {tenant, tenant_size}; }
};

// nullptr where it is not kept.  What is returned is valid until the server is called.
const cached_key *cached_by_id(std::int64_t id) noexcept;
const cached_key *cached_active(std::string_view tenant, key_purpose purpose) noexcept;

// Keeps a copy, and returns it.  Raises 53200 if no memory can be locked away.
SERVER_CODE const cached_key *keep_key(const cached_key &key);

// Sets aside the memory for keys, so that keeping some cannot fail.  Raises 53200.
SERVER_CODE void set_aside_key_memory();

// Root keys that a command printed, so that it need not run for every data key.  Of
// more than can be kept, the newest are.
void keep_roots(std::span<const root_key> roots) noexcept;
// Copies the kept root key of a version, or the newest for version 0, and the key of contexts that is made from it, of
// the two what is asked for; false without one.
bool kept_root(std::int32_t version, root_key *out, carrying_key *carrying = nullptr) noexcept;
void forget_roots() noexcept;

// Wipes all data keys.
void forget_keys() noexcept;

}  // namespace primecloud::secret
