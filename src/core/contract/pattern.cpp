#include "core/ascii.hpp"
#include "core/contract/check_terms.hpp"

namespace primecloud::contract {
namespace {

// Behind a bracket that opens a list of characters: where it closes; npos where the two languages read it
// differently.
std::size_t end_of_list(std::string_view pattern, std::size_t at) noexcept {
  if (at < pattern.size() && pattern[at] == '^') at++;
  for (const std::size_t first = at; at < pattern.size(); at++) {
    if (pattern[at] == ']') return at == first ? std::string_view::npos : at;
    // (An escape in a list is of other letters to the one than to the other.)
    if (pattern[at] == '[' || pattern[at] == '\\') return std::string_view::npos;
  }
  return std::string_view::npos;
}

// {2}, {2,} or {2,3}: where it closes.
std::size_t end_of_count(std::string_view pattern, std::size_t at) noexcept {
  const std::size_t first = at;
  while (at < pattern.size() && is_digit(pattern[at])) at++;
  if (at == first) return std::string_view::npos;
  if (at < pattern.size() && pattern[at] == ',') at++;
  while (at < pattern.size() && is_digit(pattern[at])) at++;
  return at < pattern.size() && pattern[at] == '}' ? at : std::string_view::npos;
}

}  // namespace

bool is_plain_pattern(std::string_view pattern) noexcept {
  if (pattern.size() < 2 || pattern.front() != '^' || pattern.back() != '$') return false;
  bool repeats = false;  // what stands before can be repeated
  for (std::size_t i = 1; i + 1 < pattern.size(); i++) {
    switch (pattern[i]) {
      case '(':
      case ')':
      case '\\':
      case '.':  // a new line is a character to the one and not to the other
      case '^':
      case '$':
      case ']':
      case '}': return false;
      case '|': repeats = false; continue;
      case '*':
      case '+':
      case '?':
        if (!repeats) return false;
        repeats = false;
        continue;
      case '{':
        if (!repeats || (i = end_of_count(pattern, i + 1)) == std::string_view::npos) return false;
        repeats = false;
        continue;
      case '[':
        if ((i = end_of_list(pattern, i + 1)) == std::string_view::npos) return false;
        break;
      default: break;
    }
    repeats = true;
  }
  return true;
}

}  // namespace primecloud::contract
