#include "core/secret/generated.hpp"

#include <sodium.h>

#include <bitset>
#include <cstdint>

namespace primecloud {
namespace {
std::string draw(std::string_view alphabet, int length) {
  std::string out(static_cast<std::size_t>(length), '\0');
  // randombytes_uniform draws again where a remainder would favour the first letters.
  for (char &c : out) c = alphabet[randombytes_uniform(static_cast<std::uint32_t>(alphabet.size()))];
  return out;
}
}  // namespace

std::string generate_access_key_id() { return draw("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 20); }

std::string generate_secret(int length) {
  return draw("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+", length);
}

std::string_view last_four(std::string_view secret) noexcept {
  constexpr std::size_t shortest = 32;
  constexpr int fewest_different = 12;
  if (secret.size() < shortest) return {};
  std::bitset<256> seen;
  for (const char c : secret) {
    if (c <= ' ' || c > '~') return {};
    seen.set(static_cast<unsigned char>(c));
  }
  if (seen.count() < fewest_different) return {};
  return secret.substr(secret.size() - 4);
}

}  // namespace primecloud
