// Amounts of money: a currency of ISO 4217 and a whole number of its minor units.
//
// Ordered by currency, then amount, so that every two can be compared; only arithmetic
// asks for one currency.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/types/currency.hpp"

namespace primecloud {

inline constexpr sqlstate mixed_currencies{"22000"};
inline constexpr sqlstate zero_divisor{"22012"};

struct money_amount {
  currency_code currency;
  std::int64_t minor{};
  friend constexpr auto operator<=>(const money_amount &, const money_amount &) = default;
};

// "[sign] digits [. digits] blank CODE", with no more decimals than the currency has:
// '12.34 BRL', '1500 JPY', '1.234 BHD'.  22P02, 22003.
result<money_amount> parse_money(std::string_view text);

// All decimals of the currency: '12.30 BRL'.  At most 25 characters.
struct money_text {
  char characters[32];
  std::uint8_t size;
  constexpr std::string_view view() const noexcept { return {characters, size}; }
};
money_text write_money(money_amount amount) noexcept;

// Raise 22000 for two currencies, 22003 out of range, 22012 for a zero divisor.
// Division rounds halves away from zero to the minor unit.
money_amount add(money_amount a, money_amount b);
money_amount subtract(money_amount a, money_amount b);
money_amount multiply(money_amount a, std::int64_t factor);
money_amount divide(money_amount a, std::int64_t divisor);
void require_one_currency(money_amount a, money_amount b, const char *verb);

// The amount in parts that stand in the ratio of the weights and add up to it exactly.
// What is left after rounding towards zero is handed out one minor unit at a time, to
// the parts that lost the greatest fraction, the earlier first.  Weights are not
// negative and not all zero (22023).
std::vector<money_amount> allocate(money_amount amount, std::span<const std::int32_t> weights);

}  // namespace primecloud
