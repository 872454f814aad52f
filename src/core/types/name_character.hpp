// What a character is in a host or bucket name.  A table: names are checked for every row
// that is loaded.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace primecloud {

enum class name_character : std::uint8_t { foreign, letter, digit, hyphen, dot };

inline constexpr auto name_characters = [] {
  std::array<name_character, 256> table{};
  for (int c = 'a'; c <= 'z'; c++) table[static_cast<std::size_t>(c)] = name_character::letter;
  for (int c = '0'; c <= '9'; c++) table[static_cast<std::size_t>(c)] = name_character::digit;
  table['-'] = name_character::hyphen;
  table['.'] = name_character::dot;
  return table;
}();

constexpr name_character name_character_of(char c) noexcept { return name_characters[static_cast<unsigned char>(c)]; }

}  // namespace primecloud
