// The text of a server's tree, in which a constant is written byte by byte.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace primecloud::review {

// What a text constant is read to: more of it says no more to a reader, and each byte of it is a number to be parsed
// every time that the tree is read.
inline constexpr std::size_t longest_constant = 100000;

// Puts in the place of each longer constant of type text or varchar a short one: its beginning, and a hash of all of
// it, so that two that differ are two.  Where the text stands; it is `size` long, and what comes back is what is left
// of it.
std::size_t shorten_constants(char *tree, std::size_t size) noexcept;

// What a value is known by that is not written out: 32 digits, and a zero.
using value_hash = std::array<char, 33>;
value_hash hash_of_value(std::string_view bytes) noexcept;

}  // namespace primecloud::review
