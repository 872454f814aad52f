// Numbers with a fixed count of digits in a constant base up to 36, read and written
// without a branch on what a digit is: types are loaded and dumped row by row.
//
// A number is taken by halves.  They are independent of each other, so the processor
// works on several at a time, and multiplies and divides by constants alone.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace primecloud {

inline constexpr std::string_view base_36_digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

constexpr std::uint64_t power(std::uint64_t base, std::size_t exponent) noexcept {
  return exponent == 0 ? 1 : base * power(base, exponent - 1);
}

// The number in `count` characters, which are digits of the base.
template <std::uint64_t base, std::size_t count>
constexpr std::uint64_t read_digits(const char *characters) noexcept {
  if constexpr (count == 1) {
    return static_cast<std::uint64_t>(*characters - '0' - (*characters > '9') * ('A' - '9' - 1));
  } else {
    constexpr std::size_t low = count / 2;
    return read_digits<base, count - low>(characters) * power(base, low) +
           read_digits<base, low>(characters + count - low);
  }
}

// Any two digits of the base.
template <std::size_t base>
inline constexpr auto digit_pairs = [] {
  std::array<std::array<char, 2>, base * base> all{};
  for (std::size_t i = 0; i < all.size(); i++) all[i] = {base_36_digits[i / base], base_36_digits[i % base]};
  return all;
}();

// Writes the number, which is below base to the power of `count`, with its zeros.
template <std::uint64_t base, std::size_t count>
void write_digits(std::uint64_t number, char *to) noexcept {
  if constexpr (count == 1) {
    *to = base_36_digits[number];
  } else if constexpr (count == 2) {
    std::memcpy(to, digit_pairs<base>[number].data(), 2);
  } else {
    constexpr std::size_t low = std::max<std::size_t>(count / 4 * 2, 2);
    write_digits<base, count - low>(number / power(base, low), to);
    write_digits<base, low>(number % power(base, low), to + count - low);
  }
}

}  // namespace primecloud
