#include "core/tenant/published_key.hpp"

#include <sodium.h>

#include <cstring>
#include <string_view>

#include "core/tenant/published_secrets.hpp"

namespace primecloud {
namespace {

using octets_view = std::span<const std::uint8_t>;

// Points of Ed25519, and secrets that are told apart by their bytes.
constexpr std::string_view published[] = {
    // RFC 8032, 7.1: tests 1, 2, 3, 1024 and SHA(abc); 1 is RFC 8037's, appendix A, too, SHA(abc) is 7.3's
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    "278117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e",
    "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
    // RFC 8032, 7.2
    "dfc9425e4f968f7f0c29f0259cf5f9aed6851c2bb4ad8bfb860cfee0ab248292",
    "0f1d1274943b91415889152e893d80e93275a1fc0b65fd71b4b0dda10ad7d772",
    // RFC 8410, 10.1; RFC 9421, B.1.4; PASETO's v2.public and v4.public
    "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1",
    "26b40b8f93fff3d897112f7ebc582b232dbd72517d082fe83cfb30ddce43d1bb",
    "1eb9dbbbbc047c03fd70604e0071f0987e16b28b757225c11f00415d0e20b1a2",
    // RFC 7515, appendix A.1; RFC 7520, 3.5
    ("0323354b2b0fa5bc837e0665777ba68f5ab328e6f054c928a90f84b2d2502ebfd3fb5a92d20647ef968ab4c377623d223d2e2172052e4f08c"
     "0"
     "cd9af567d080a3"),
    "849b57219dae48de646d07dbb533566e976686457c1491be3a76dcea6c427188",
};
constexpr std::size_t block = 64;
constexpr std::size_t point = 32;
constexpr std::size_t longest_key = 256;
constexpr std::size_t longest_text = 2 * longest_key + 1;
constexpr std::size_t longest_pattern = 16;
constexpr std::size_t least_different = 6;

// Whether `key` can be used in the place of the published one.  Of a point the sign is left
// out: whoever knows the key of a point knows that of its negative.
bool stands_for(std::string_view hex, octets_view key) noexcept {
  std::uint8_t octets[block];
  std::size_t size = 0;
  if (sodium_hex2bin(octets, sizeof octets, hex.data(), hex.size(), nullptr, &size, nullptr) != 0) return false;
  if (size != key.size()) return false;
  std::uint8_t different = 0;
  for (std::size_t i = 0; i < size; i++) {
    const std::uint8_t compared = size == point && i == point - 1 ? 0x7f : 0xff;
    different |= static_cast<std::uint8_t>((octets[i] ^ key[i]) & compared);
  }
  return different == 0;
}

// One pattern over and over, or hardly any bytes that differ.
bool is_pattern(octets_view key) noexcept {
  if (key.size() < point) return false;
  for (std::size_t period = 1; period <= longest_pattern; period++) {
    if (std::memcmp(key.data(), key.data() + period, key.size() - period) == 0) return true;
  }
  bool seen[256] = {};
  std::size_t different = 0;
  for (const std::uint8_t octet : key) {
    different += seen[octet] ? 0 : 1;
    seen[octet] = true;
  }
  return different < least_different;
}

bool is_known(octets_view key) noexcept {
  if (is_pattern(key)) return true;
  // HMAC takes the hash of a key above a block, and fills others with zeros: with some more of them it is the same key.
  std::uint8_t hashed[crypto_hash_sha256_BYTES];
  if (key.size() > block) {
    crypto_hash_sha256(hashed, key.data(), key.size());
    key = hashed;
  }
  while (key.size() > point && key.back() == 0) key = key.first(key.size() - 1);
  for (const std::string_view each : published) {
    if (stands_for(each, key)) return true;
  }
  return is_published_secret(key);
}

octets_view octets_of(const char *text) noexcept {
  return {reinterpret_cast<const std::uint8_t *>(text), std::strlen(text)};
}

// A text that stands for the key, or that the key stands for, is used in its place as often as not.
bool is_known_in_base64(octets_view key, int variant) noexcept {
  char text[longest_text];
  sodium_bin2base64(text, sizeof text, key.data(), key.size(), variant);
  if (is_known(octets_of(text))) return true;
  std::uint8_t octets[longest_key];
  std::size_t size = 0;
  const auto *written = reinterpret_cast<const char *>(key.data());
  return sodium_base642bin(octets, sizeof octets, written, key.size(), "\r\n", &size, nullptr, variant) == 0 &&
         is_known({octets, size});
}

bool is_known_in_hex(octets_view key) noexcept {
  char text[longest_text];
  sodium_bin2hex(text, sizeof text, key.data(), key.size());
  if (is_known(octets_of(text))) return true;
  for (char *each = text; *each != 0; each++) {
    if (*each >= 'a') *each = static_cast<char>(*each - 'a' + 'A');
  }
  if (is_known(octets_of(text))) return true;
  std::uint8_t octets[longest_key];
  std::size_t size = 0;
  const auto *written = reinterpret_cast<const char *>(key.data());
  return sodium_hex2bin(octets, sizeof octets, written, key.size(), nullptr, &size, nullptr) == 0 &&
         is_known({octets, size});
}

}  // namespace

bool is_published_key(octets_view key) noexcept {
  if (key.empty() || key.size() > longest_key) return false;
  if (is_known(key) || is_known_in_hex(key)) return true;
  for (const int variant : {sodium_base64_VARIANT_ORIGINAL, sodium_base64_VARIANT_ORIGINAL_NO_PADDING,
                            sodium_base64_VARIANT_URLSAFE, sodium_base64_VARIANT_URLSAFE_NO_PADDING}) {
    if (is_known_in_base64(key, variant)) return true;
  }
  return false;
}

}  // namespace primecloud
