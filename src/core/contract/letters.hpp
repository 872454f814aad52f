// Letters that can stand in an identifier.
#pragma once

#include <cstddef>
#include <string_view>

namespace primecloud::contract {

// How many bytes the character at `at` has that can stand in an identifier: 0 for one that
// cannot, and for what is no UTF-8.
std::size_t letter_at(std::string_view text, std::size_t at) noexcept;

// How many bytes the character at `at` has, at least one.
std::size_t character_at(std::string_view text, std::size_t at) noexcept;

}  // namespace primecloud::contract
