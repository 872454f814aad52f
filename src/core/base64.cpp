#include "core/base64.hpp"

#include <openssl/evp.h>

#include <climits>

namespace primecloud {

std::string base64_encode(std::span<const std::uint8_t> bytes) {
  std::string text((bytes.size() + 2) / 3 * 4, '\0');
  EVP_EncodeBlock(reinterpret_cast<std::uint8_t *>(text.data()), bytes.data(), static_cast<int>(bytes.size()));
  return text;
}

std::vector<std::uint8_t> base64_decode(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0 || text.size() > INT_MAX) return {};
  std::vector<std::uint8_t> bytes(text.size() / 4 * 3);
  const int size =
      EVP_DecodeBlock(bytes.data(), reinterpret_cast<const std::uint8_t *>(text.data()), static_cast<int>(text.size()));
  if (size < 0 || static_cast<std::size_t>(size) != bytes.size()) return {};
  bytes.resize(bytes.size() - (text.ends_with("==") ? 2U : text.ends_with('=') ? 1U : 0U));
  return bytes;
}

}  // namespace primecloud
