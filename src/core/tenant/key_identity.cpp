#include "core/tenant/key_identity.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "core/tenant/signature.hpp"

namespace primecloud {
namespace {

constexpr std::size_t hmac_block = 64, longest_secret = 256;

// A secret's octets, which stay in no memory.
struct wiped {
  std::uint8_t *octets;
  std::size_t size;
  ~wiped() { sodium_memzero(octets, size); }
};

// A text without the blanks before it.
std::string_view text_of(octets_view octets) noexcept {
  const std::string_view text(reinterpret_cast<const char *>(octets.data()), octets.size());
  const auto first = text.find_first_not_of(" \t\r\n");
  return first == text.npos ? std::string_view() : text.substr(first);
}

// The beginning of a SubjectPublicKeyInfo: SEQUENCE, SEQUENCE, and the name of a kind of keys.
bool is_der(octets_view octets) noexcept {
  const auto skip_head = [&octets] {
    if (octets.size() < 4 || octets[0] != 0x30) return false;
    octets = octets.subspan(octets[1] < 0x80 ? 2 : 2 + std::min<std::size_t>(octets[1] & 0x7f, 2));
    return true;
  };
  if (!skip_head() || !skip_head()) return false;
  constexpr std::uint8_t kinds[][5] = {
      {6, 9, 0x2a, 0x86, 0x48}, {6, 7, 0x2a, 0x86, 0x48}, {6, 3, 0x2b, 0x65, 0x70}, {6, 3, 0x2b, 0x65, 0x6e}};
  return std::any_of(std::begin(kinds), std::end(kinds), [octets](const auto &kind) {
    return octets.size() >= sizeof kind && std::equal(std::begin(kind), std::end(kind), octets.begin());
  });
}

bool is_written_so(octets_view octets) noexcept {
  const auto text = text_of(octets);
  if (text.starts_with("-----BEGIN ")) return true;
  return is_der(octets) || (text.starts_with("{") && text.find("\"kty\"") != text.npos);
}

// Asks of what is given, and of what it is the base64 or the hex of.
template <class F>
bool any_reading(octets_view given, F asks) noexcept {
  if (asks(given)) return true;
  std::uint8_t read[longest_secret];
  const wiped at_end{read, sizeof read};
  const auto text = text_of(given);
  std::size_t size = 0;
  const auto read_anything = [&](int failed) { return failed == 0 && size > 0 && asks(octets_view(read, size)); };
  if (read_anything(sodium_hex2bin(read, sizeof read, text.data(), text.size(), ":\r\n", &size, nullptr))) return true;
  for (const int variant : {sodium_base64_VARIANT_ORIGINAL_NO_PADDING, sodium_base64_VARIANT_URLSAFE_NO_PADDING}) {
    // (The end is not asked for: padding, or half a number, may stand there.)
    const char *end = nullptr;
    if (read_anything(sodium_base642bin(read, sizeof read, text.data(), text.size(), "=\r\n", &size, &end, variant)))
      return true;
  }
  return false;
}

bool same(octets_view a, octets_view b) noexcept { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

}  // namespace

std::array<std::uint8_t, 32> key_identity(token_algorithm algorithm, octets_view key) noexcept {
  std::array<std::uint8_t, 32> digest{};
  std::uint8_t own[hmac_block] = {};
  const wiped at_end{own, sizeof own};
  if (algorithm == token_algorithm::eddsa && key.size() == 32) {
    std::copy(key.begin(), key.end(), own);
    own[31] &= 0x7f;
    key = octets_view(own, 32);
  } else if (algorithm == token_algorithm::es256 && key.size() == point_size) {
    key = key.first(point_size / 2);
  } else if (algorithm == token_algorithm::hs256) {
    if (key.size() > hmac_block)
      crypto_hash_sha256(own, key.data(), key.size());
    else
      std::copy(key.begin(), key.end(), own);
    key = own;
  }
  crypto_hash_sha256(digest.data(), key.data(), key.size());
  return digest;
}

bool is_public_text(octets_view secret) noexcept { return any_reading(secret, is_written_so); }

bool is_written_key(octets_view secret, octets_view key) noexcept {
  return any_reading(secret, [key](octets_view read) {
    // (A point of P-256 is written with a 4 before it.)
    return same(read, key) ||
           (key.size() == point_size && read.size() == 1 + point_size && read[0] == 4 && same(read.subspan(1), key));
  });
}

}  // namespace primecloud
