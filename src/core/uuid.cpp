#include "core/uuid.hpp"

#include <sodium.h>

#include <algorithm>

#include "core/ascii.hpp"

namespace primecloud {
namespace {
constexpr std::size_t hyphens[] = {8, 13, 18, 23};
}

std::optional<uuid> parse_uuid(std::string_view text) noexcept {
  if (text.size() != uuid_text_size || std::any_of(text.begin(), text.end(), is_upper)) return std::nullopt;
  for (const std::size_t at : hyphens) {
    if (text[at] != '-') return std::nullopt;
  }
  uuid id;
  std::size_t size = 0;
  // With a fifth hyphen there would be fewer than sixteen octets.
  const int bad = sodium_hex2bin(id.octets.data(), id.octets.size(), text.data(), text.size(), "-", &size, nullptr);
  return bad != 0 || size != id.octets.size() ? std::nullopt : std::optional(id);
}

void write_uuid(const uuid &id, char (&text)[uuid_text_size]) noexcept {
  char digits[2 * 16 + 1];
  sodium_bin2hex(digits, sizeof digits, id.octets.data(), id.octets.size());
  const char *from = digits;
  char *to = text;
  for (const std::size_t at : hyphens) {
    const std::size_t count = text + at - to;
    to = std::copy_n(from, count, to);
    *to++ = '-';
    from += count;
  }
  std::copy_n(from, 12, to);
}

}  // namespace primecloud
