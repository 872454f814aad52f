#include "core/page/cursor.hpp"

#include <sodium.h>

#include <algorithm>
#include <vector>

#include "core/base64url.hpp"

namespace primecloud {
namespace {
constexpr std::uint8_t version = 1;
constexpr std::size_t mac_size = 16;
constexpr std::size_t body_size = 1 + 4 + 8 + 16;
constexpr std::size_t text_size = ((body_size + mac_size) * 8 + 5) / 6;

using mac = std::array<std::uint8_t, mac_size>;

void put(std::uint8_t *to, std::uint64_t value, int octets) noexcept {
  for (int i = 0; i < octets; i++) to[i] = static_cast<std::uint8_t>(value >> 8 * (octets - 1 - i));
}
std::uint64_t get(const std::uint8_t *from, int octets) noexcept {
  std::uint64_t value = 0;
  for (int i = 0; i < octets; i++) value = value << 8 | from[i];
  return value;
}

mac authenticate(const std::uint8_t *body, const cursor_key &key, std::string_view scope, std::string_view account) {
  crypto_generichash_state state;
  crypto_generichash_init(&state, key.bytes.data(), key.bytes.size(), mac_size);
  crypto_generichash_update(&state, body, body_size);
  // Lengths first: ("ab", "c") and ("a", "bc") are different bindings.
  for (const std::string_view part : {scope, account}) {
    std::uint8_t length[8];
    put(length, part.size(), 8);
    crypto_generichash_update(&state, length, sizeof length);
    crypto_generichash_update(&state, reinterpret_cast<const std::uint8_t *>(part.data()), part.size());
  }
  mac tag;
  crypto_generichash_final(&state, tag.data(), tag.size());
  return tag;
}

std::optional<std::vector<std::uint8_t>> unpack(std::string_view cursor) {
  if (cursor.size() != text_size) return std::nullopt;
  auto bytes = base64url_decode(cursor);
  if (!bytes || bytes->front() != version) return std::nullopt;
  return bytes;
}
}  // namespace

std::string encode_cursor(const position &at, const cursor_key &key, std::string_view scope, std::string_view account) {
  std::array<std::uint8_t, body_size + mac_size> bytes;
  bytes[0] = version;
  put(&bytes[1], static_cast<std::uint32_t>(key.id), 4);
  put(&bytes[5], static_cast<std::uint64_t>(at.time.microseconds), 8);
  std::copy(at.id.octets.begin(), at.id.octets.end(), &bytes[13]);
  const mac tag = authenticate(bytes.data(), key, scope, account);
  std::copy(tag.begin(), tag.end(), &bytes[body_size]);
  return base64url_encode(bytes);
}

std::optional<std::int32_t> cursor_key_id(std::string_view cursor) {
  const auto bytes = unpack(cursor);
  if (!bytes) return std::nullopt;
  return static_cast<std::int32_t>(get(bytes->data() + 1, 4));
}

std::optional<position> decode_cursor(std::string_view cursor, const cursor_key &key, std::string_view scope,
                                      std::string_view account) {
  const auto bytes = unpack(cursor);
  if (!bytes) return std::nullopt;
  const mac tag = authenticate(bytes->data(), key, scope, account);
  if (sodium_memcmp(tag.data(), bytes->data() + body_size, mac_size) != 0) return std::nullopt;
  position at;
  at.time.microseconds = static_cast<std::int64_t>(get(bytes->data() + 5, 8));
  std::copy(bytes->begin() + 13, bytes->begin() + 29, at.id.octets.begin());
  return at;
}

}  // namespace primecloud
