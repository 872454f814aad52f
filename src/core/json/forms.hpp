// Text of values that has one form, whatever a session is set to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace primecloud {

// A date or time as the server writes it in ISO 8601, with years before Christ and after 9999 as the standard has
// them: "0044-03-15 BC" is "-000043-03-15", "12000-01-01" is "+012000-01-01", and a zone of +00:00 is Z.  Writes at
// most shown.size() + 3 bytes to `out` and returns how many.
std::size_t iso_time(std::string_view shown, char *out) noexcept;

// An amount of the server's type money, in hundredths, as the locale C writes it: -$1,234.50.  Writes at most
// longest_money bytes.
inline constexpr std::size_t longest_money = 32;
std::size_t money_text(std::int64_t hundredths, char *out) noexcept;

}  // namespace primecloud
