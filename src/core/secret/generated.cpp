#include "core/secret/generated.hpp"

#include <sodium.h>

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

std::string generate_secret(int length) { return draw("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+", length); }

}  // namespace primecloud
