// Exact decimal numbers, as far as a literal needs them: read from text, scaled by a
// power of two or ten, rounded to an integer.  Nothing passes through floating point.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace primecloud {

// sign * 0.d1 d2 d3 ... * 10^point.  At most 64 significant digits.
struct decimal {
  static constexpr int capacity = 64;
  bool negative = false;
  int count = 0;  // 0: zero
  int point = 0;
  std::array<std::uint8_t, capacity> digits{};
};

struct decimal_syntax {
  bool exponent = false;    // 1e6
  bool bare_point = false;  // "1." and ".5"
};

// Reads a number from the front of `text` and removes it.  Nothing if there is none or
// it has too many significant digits.
std::optional<decimal> read_decimal(std::string_view &text, decimal_syntax syntax) noexcept;

struct scaled {
  std::int64_t value;
  bool exact;  // nothing was rounded off
};

enum class fraction { half_away, away };  // from zero: from a half on, or whatever it is

// number * 2^binary * 10^power, rounded to an integer; nothing if it does not fit.
// `binary` is a multiple of 10.
std::optional<scaled> scale_to_integer(const decimal &number, int binary, int power,
                                       fraction rounds = fraction::half_away) noexcept;

}  // namespace primecloud
