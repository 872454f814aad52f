#include "core/types/names.hpp"

#include <algorithm>

#include "core/types/ascii.hpp"

namespace primecloud {
namespace {
std::optional<std::string_view> label_problem(std::string_view label) noexcept {
  if (label.empty()) return "must not have an empty label";
  if (label.size() > 63) return "must have labels of at most 63 characters";
  if (label.front() == '-' || label.back() == '-') return "must not have a label that begins or ends with \"-\"";
  for (const char c : label) {
    if (!is_lower(c) && !is_digit(c) && c != '-') return "may contain only lower-case letters, digits, \"-\" and \".\"";
  }
  return std::nullopt;
}
}  // namespace

std::optional<std::string_view> dns_hostname_problem(std::string_view name) noexcept {
  if (name.empty()) return "must not be empty";
  if (name.size() > 253) return "must be at most 253 characters long";
  int labels = 0;
  std::string_view last;
  for (std::size_t begin = 0; begin <= name.size(); labels++) {
    const auto end = std::min(name.find('.', begin), name.size());
    last = name.substr(begin, end - begin);
    if (const auto problem = label_problem(last)) return problem;
    begin = end + 1;
  }
  if (labels < 2) return "must have at least two labels, such as \"example.com\"";
  if (std::all_of(last.begin(), last.end(), is_digit)) return "must not end with a label of digits alone";
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
