// Currencies by their ISO 4217 code.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace primecloud {

// Three letters read as a number of base 26: orders as the letters do.
struct currency_code {
  std::int32_t code{};

  std::string letters() const {
    return {static_cast<char>('A' + code / 676), static_cast<char>('A' + code / 26 % 26),
            static_cast<char>('A' + code % 26)};
  }
  friend constexpr auto operator<=>(const currency_code &, const currency_code &) = default;
};

// Three upper-case letters, whether or not a currency has them.
constexpr std::optional<currency_code> spell_currency(std::string_view letters) noexcept {
  if (letters.size() != 3) return std::nullopt;
  std::int32_t code = 0;
  for (const char c : letters) {
    if (c < 'A' || c > 'Z') return std::nullopt;
    code = code * 26 + (c - 'A');
  }
  return currency_code{code};
}

// Decimals of the minor unit (2 for BRL, 0 for JPY); negative if there is no such
// currency.  Withdrawn currencies stay known, so that old data restores.
int minor_digits(currency_code currency) noexcept;

}  // namespace primecloud
