#include "core/secret/root_key.hpp"

#include <sodium.h>

#include <algorithm>
#include <charconv>
#include <string>

#include "core/secret/envelope.hpp"

namespace primecloud {
namespace {
constexpr sqlstate no_root_key{"PC001"};

error bad_line(int number, const char *what) {
  return error(no_root_key, "line " + std::to_string(number) + " of the root key " + what)
      .with_hint("A line reads VERSION:KEY, the key in 64 hexadecimal digits.");
}

void subkey(std::uint8_t *out, std::size_t size, const root_key &root, std::string_view purpose) noexcept {
  crypto_generichash(out, size, reinterpret_cast<const std::uint8_t *>(purpose.data()), purpose.size(),
                     root.bytes.data(), root.bytes.size());
}

// Wrapping is sealing under a key made from the root, with the root's version where an
// envelope names its data key; the parts that a row stores elsewhere are left out.
binding bound_to(const key_identity &whose) { return {whose.tenant, whose.purpose, std::to_string(whose.id)}; }
}  // namespace

root_key::~root_key() { sodium_memzero(bytes.data(), bytes.size()); }

result<std::vector<root_key>> parse_root_keys(std::string_view text) {
  if (text.size() > longest_root_key_file)
    return error(no_root_key, "the root key is too long")
        .with_hint("It has a line of VERSION:KEY for each version, and nothing else.");
  std::vector<root_key> keys;
  int number = 0;
  while (!text.empty()) {
    number++;
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.front() == '#') continue;
    root_key key;
    const auto colon = line.find(':');
    if (colon == line.npos) return bad_line(number, "has no version");
    const auto [stop, problem] = std::from_chars(line.data(), line.data() + colon, key.version);
    if (problem != std::errc() || stop != line.data() + colon || key.version < 1)
      return bad_line(number, "has a version that is no positive number");
    const auto digits = line.substr(colon + 1);
    if (digits.size() != 64) return bad_line(number, "has a key of another length than 64 digits");
    if (sodium_hex2bin(key.bytes.data(), key.bytes.size(), digits.data(), digits.size(), nullptr, nullptr, nullptr) !=
        0)
      return bad_line(number, "has a key that is not hexadecimal");
    if (sodium_is_zero(key.bytes.data(), key.bytes.size())) return bad_line(number, "has a key of zeros");
    if (std::any_of(keys.begin(), keys.end(), [&](const root_key &other) { return other.version == key.version; }))
      return bad_line(number, "repeats a version");
    keys.push_back(key);
  }
  if (keys.empty())
    return error(no_root_key, "the root key is empty")
        .with_hint("A line reads VERSION:KEY, the key in 64 hexadecimal digits.");
  std::sort(keys.begin(), keys.end(), [](const root_key &a, const root_key &b) { return a.version < b.version; });
  return keys;
}

std::array<std::uint8_t, 8> check_value(const root_key &root) noexcept {
  std::uint8_t digest[32];
  subkey(digest, sizeof digest, root, "primecloud/kcv/v1");
  std::array<std::uint8_t, 8> value;
  std::copy(digest, digest + value.size(), value.begin());
  return value;
}

wrapped_key wrap_key(std::span<const std::uint8_t, 32> key, const root_key &root, const key_identity &whose,
                     std::span<const std::uint8_t, 24> nonce) {
  std::uint8_t wrapping[32], sealed[32 + envelope_overhead];
  subkey(wrapping, sizeof wrapping, root, "primecloud/wrap/v1");
  seal_envelope(key, data_key(wrapping), root.version, bound_to(whose).view(), nonce, sealed);
  sodium_memzero(wrapping, sizeof wrapping);
  wrapped_key out;
  std::copy(sealed + 12, sealed + sizeof sealed, out.begin());
  return out;
}

bool unwrap_key(std::span<const std::uint8_t> wrapped, const root_key &root, const key_identity &whose,
                std::uint8_t *out) {
  if (wrapped.size() != wrapped_key_size) return false;
  std::uint8_t wrapping[32], sealed[32 + envelope_overhead] = {1, 1};
  for (int i = 0; i < 8; i++)
    sealed[4 + i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(root.version) >> (56 - 8 * i));
  std::copy(wrapped.begin(), wrapped.end(), sealed + 12);
  subkey(wrapping, sizeof wrapping, root, "primecloud/wrap/v1");
  const bool opened = open_envelope(sealed, data_key(wrapping), bound_to(whose).view(), out);
  sodium_memzero(wrapping, sizeof wrapping);
  return opened;
}

}  // namespace primecloud
