#include "core/types/names.hpp"

#include "core/ascii.hpp"
#include "core/types/name_character.hpp"

namespace primecloud {
// One pass, since this runs for every row that is loaded; the end closes a label as a dot does.
std::optional<std::string_view> dns_hostname_problem(std::string_view name) noexcept {
  if (name.empty()) return "must not be empty";
  if (name.size() > 253) return "must be at most 253 characters long";
  using enum name_character;
  std::size_t begin = 0;  // of the label at hand
  bool digits = true;     // it has no letter so far
  name_character before = dot;
  for (std::size_t i = 0;; i++) {
    const bool ends = i == name.size();
    const auto is = ends ? dot : name_character_of(name[i]);
    if (is == foreign) return "may contain only lower-case letters, digits, \"-\" and \".\"";
    if (is == hyphen && before == dot) return "must not have a label that begins or ends with \"-\"";
    if (is == dot) {
      if (before == dot) return "must not have an empty label";
      if (before == hyphen) return "must not have a label that begins or ends with \"-\"";
      if (i - begin > 63) return "must have labels of at most 63 characters";
      if (ends) break;
      begin = i + 1;
      digits = true;
    } else {
      digits &= is == digit;
    }
    before = is;
  }
  if (begin == 0) return "must have at least two labels, such as \"example.com\"";
  if (digits) return "must not end with a label of digits alone";
  return std::nullopt;
}

std::optional<std::string_view> access_key_id_problem(std::string_view id) noexcept {
  if (id.size() < 3 || id.size() > 128) return "must be 3 to 128 characters long";
  for (const char c : id) {
    if (c <= ' ' || c > '~') return "may contain only printable ASCII characters without blanks";
    if (c == '=' || c == ',') return "must not contain \"=\" or \",\"";
  }
  return std::nullopt;
}

std::optional<std::string_view> hex_color_problem(std::string_view color) noexcept {
  if (color.size() != 7 || color[0] != '#') return "must be \"#\" and six hexadecimal digits, such as \"#1a73e8\"";
  for (const char c : color.substr(1)) {
    if (!is_digit(c) && !(c >= 'a' && c <= 'f')) return "must have hexadecimal digits in lower case";
  }
  return std::nullopt;
}

}  // namespace primecloud
