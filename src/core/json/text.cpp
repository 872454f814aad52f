#include "core/json/text.hpp"

#include "core/ascii.hpp"

namespace primecloud {
namespace {
std::size_t skip_digits(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && is_digit(text[at])) at++;
  return at;
}
}  // namespace

std::size_t camel_case(std::string_view name, char *out) noexcept {
  std::size_t written = 0, i = 0;
  for (; i < name.size() && name[i] == '_'; i++) out[written++] = '_';
  bool raise = false;
  for (; i < name.size(); i++) {
    const char c = name[i];
    if (c == '_') {
      raise = true;
      continue;
    }
    out[written++] = raise ? to_upper(c) : c;
    raise = false;
  }
  return written;
}

bool is_json_number(std::string_view text) noexcept {
  std::size_t at = 0;
  if (at < text.size() && text[at] == '-') at++;
  const std::size_t whole = at;
  at = skip_digits(text, at);
  if (at == whole || (text[whole] == '0' && at > whole + 1)) return false;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = ++at;
    if ((at = skip_digits(text, at)) == fraction) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    at++;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) at++;
    const std::size_t exponent = at;
    if ((at = skip_digits(text, at)) == exponent) return false;
  }
  return at == text.size();
}

}  // namespace primecloud
