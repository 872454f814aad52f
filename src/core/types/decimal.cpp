#include "core/types/decimal.hpp"

#include <limits>

#include "core/ascii.hpp"

namespace primecloud {
namespace {
constexpr int greatest_exponent = 10000;  // beyond any size, far from overflow
constexpr std::uint64_t limit = 1ULL << 63;

bool starts_with_digit(std::string_view text) noexcept { return !text.empty() && is_digit(text[0]); }

// Appends a digit; false when there are too many.  Zeros count once a digit follows them.
bool append(decimal &number, int &zeros, int digit) noexcept {
  if (digit == 0) {
    zeros++;
    return true;
  }
  if (number.count == 0) zeros = 0;  // leading zeros only move the point
  if (number.count + zeros >= decimal::capacity) return false;
  number.count += zeros;  // the array holds zeros already
  number.digits[static_cast<std::size_t>(number.count++)] = static_cast<std::uint8_t>(digit);
  zeros = 0;
  return true;
}

// e, optional sign, digits.  Left alone if no digit follows: "1E" may be a unit.
int read_exponent(std::string_view &text) noexcept {
  if (text.empty() || to_lower(text[0]) != 'e') return 0;
  auto rest = text.substr(1);
  const bool negative = !rest.empty() && rest[0] == '-';
  if (!rest.empty() && (rest[0] == '-' || rest[0] == '+')) rest.remove_prefix(1);
  if (!starts_with_digit(rest)) return 0;
  int value = 0;
  for (; starts_with_digit(rest); rest.remove_prefix(1)) {
    if (value < greatest_exponent) value = value * 10 + (rest[0] - '0');
  }
  text = rest;
  return negative ? -value : value;
}
}  // namespace

std::optional<decimal> read_decimal(std::string_view &text, decimal_syntax syntax) noexcept {
  decimal number;
  auto rest = text;
  if (!rest.empty() && (rest[0] == '-' || rest[0] == '+')) {
    number.negative = rest[0] == '-';
    rest.remove_prefix(1);
  }
  int zeros = 0, before = 0, after = 0;
  int leading = 0;  // digits between the point and the first that is not 0
  for (; starts_with_digit(rest); rest.remove_prefix(1), before++) {
    if (!append(number, zeros, rest[0] - '0')) return std::nullopt;
    if (number.count > 0) number.point++;
  }
  if (!rest.empty() && rest[0] == '.') {
    rest.remove_prefix(1);
    for (; starts_with_digit(rest); rest.remove_prefix(1), after++) {
      if (number.count == 0 && rest[0] == '0') leading++;
      if (!append(number, zeros, rest[0] - '0')) return std::nullopt;
    }
    if (!syntax.bare_point && (before == 0 || after == 0)) return std::nullopt;
  }
  if (before + after == 0) return std::nullopt;
  if (number.point == 0) number.point = -leading;
  if (syntax.exponent) number.point += read_exponent(rest);
  text = rest;
  return number;
}

std::optional<scaled> scale_to_integer(const decimal &number, int binary, int power, fraction rounds) noexcept {
  if (number.count == 0) return scaled{0, true};
  const int point = number.point + power;
  if (point > 19) return std::nullopt;
  if (point < -decimal::capacity) {  // less than half a byte even in EiB
    if (rounds == fraction::half_away) return scaled{0, false};
    return scaled{number.negative ? -1 : 1, false};
  }

  unsigned __int128 whole = 0;
  std::array<std::uint8_t, 2 * decimal::capacity + 1> rest{};
  int digits = 0;
  for (int i = 0; i < point; i++)
    whole = whole * 10 + (i < number.count ? number.digits[static_cast<std::size_t>(i)] : 0);
  for (int i = point; i < number.count; i++) {
    rest[static_cast<std::size_t>(digits++)] = i < 0 ? std::uint8_t{0} : number.digits[static_cast<std::size_t>(i)];
  }
  for (; binary > 0; binary -= 10) {
    int carry = 0;
    for (int i = digits; i-- > 0;) {
      const int product = rest[static_cast<std::size_t>(i)] * 1024 + carry;
      rest[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(product % 10);
      carry = product / 10;
    }
    whole = whole * 1024 + static_cast<unsigned>(carry);
    if (whole > limit) return std::nullopt;
  }
  bool exact = true;
  for (int i = 0; i < digits; i++) exact &= rest[static_cast<std::size_t>(i)] == 0;
  if (rounds == fraction::away ? !exact : rest[0] >= 5) whole++;
  if (whole > (number.negative ? limit : limit - 1)) return std::nullopt;
  const auto magnitude = static_cast<std::uint64_t>(whole);
  return scaled{static_cast<std::int64_t>(number.negative ? 0 - magnitude : magnitude), exact};
}

}  // namespace primecloud
