#include "core/uri.hpp"

#include "core/ascii.hpp"

namespace primecloud {
namespace {
constexpr bool is_unreserved(char c) noexcept {
  return is_lower(c) || is_upper(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}
}  // namespace

std::string uri_encode(std::string_view text, bool keep_slash) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size() + text.size() / 2);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_unreserved(c) || (keep_slash && c == '/')) {
      out += c;
    } else {
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  return out;
}

}  // namespace primecloud
