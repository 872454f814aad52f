// Root keys: the keys outside the database that wrap its data keys.
//
// A file holds one version a line, VERSION:KEY, the key in 64 hexadecimal digits.
// Blank lines and lines that start with # are passed over.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/error.hpp"

namespace primecloud {

inline constexpr std::size_t longest_root_key_file = std::size_t{64} * 1024;

struct root_key {
  std::int32_t version = 0;
  std::array<std::uint8_t, 32> bytes{};

  root_key() = default;
  root_key(const root_key &) = default;
  root_key &operator=(const root_key &) = default;
  ~root_key();  // wipes
};

// All versions in the file, in ascending order.  The reason names a line by its
// number and quotes nothing of it.
result<std::vector<root_key>> parse_root_keys(std::string_view text);

// Tells the right key from a wrong one without a ciphertext to blame.
std::array<std::uint8_t, 8> check_value(const root_key &root) noexcept;

// A data key as it lies in the database: nonce 24, commitment 32, key 32, tag 16.
inline constexpr std::size_t wrapped_key_size = 24 + 32 + 32 + 16;
using wrapped_key = std::array<std::uint8_t, wrapped_key_size>;

// What a wrapped key belongs to, and with what it is bound.
struct key_identity {
  std::int64_t id;
  std::string_view tenant, purpose;
};

wrapped_key wrap_key(std::span<const std::uint8_t, 32> key, const root_key &root, const key_identity &whose,
                     std::span<const std::uint8_t, 24> nonce);
bool unwrap_key(std::span<const std::uint8_t> wrapped, const root_key &root, const key_identity &whose,
                std::uint8_t *out);

}  // namespace primecloud
