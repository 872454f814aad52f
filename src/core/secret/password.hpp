// Passwords, verify-only: argon2id strings in the PHC format that SFTPGo, libsodium
// and others read.  A string is taken apart and measured before anything is computed
// from it: one that asks for two gigabytes would hold the server for half a minute.
#pragma once

#include <cstdint>
#include <string_view>

namespace primecloud {

struct password_cost {
  std::uint32_t memory_kib, passes, lanes;
  friend bool operator==(const password_cost &, const password_cost &) = default;
};

struct password_string {
  password_cost cost;
  std::size_t salt_size, hash_size;
  std::uint8_t salt[64], hash[64];
};

enum class password_fault { none, not_argon2id, version, parameters, encoding, over_limit };
const char *describe(password_fault fault) noexcept;

// Takes "$argon2id$v=19$m=...,t=...,p=...$salt$hash" apart.  `limit` is the most the
// string may ask for.
password_fault parse_password_string(std::string_view text, const password_cost &limit, password_string &out) noexcept;

inline constexpr std::size_t password_text_room = 160;

enum class password_outcome { match, mismatch, out_of_memory };

// Writes a PHC string of one lane to `out` (password_text_room bytes) and its length to `size`.
password_outcome hash_password(std::string_view password, const password_cost &cost, char *out,
                               std::size_t &size) noexcept;
password_outcome verify_password(std::string_view password, const password_string &stored,
                                 std::string_view text) noexcept;

// Whether a plaintext begins as a stored hash does: somewhere it would be taken for one.
bool looks_like_a_hash(std::string_view plaintext) noexcept;

}  // namespace primecloud
