// What a tag of a comment is made of.
#pragma once

#include <string_view>

#include "core/ascii.hpp"

namespace primecloud::contract {

constexpr bool is_word_letter(char c) noexcept { return is_lower(c) || is_upper(c) || is_digit(c) || c == '_'; }
constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

constexpr std::string_view trimmed(std::string_view line) noexcept {
  const auto begin = line.find_first_not_of(" \t\r");
  if (begin == line.npos) return {};
  return line.substr(begin, line.find_last_not_of(" \t\r") - begin + 1);
}

}  // namespace primecloud::contract
