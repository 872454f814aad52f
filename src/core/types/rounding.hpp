// Integer division that rounds halves away from zero, as round(numeric) does.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

namespace primecloud {

// Nothing if the quotient does not fit.  `divisor` is not 0.
constexpr std::optional<std::int64_t> divide_half_away(__int128 dividend, __int128 divisor) noexcept {
  const bool negative = (dividend < 0) != (divisor < 0);
  const __int128 n = dividend < 0 ? -dividend : dividend, d = divisor < 0 ? -divisor : divisor;
  __int128 quotient = n / d;
  if (n % d >= d - n % d) quotient++;
  if (negative) quotient = -quotient;
  if (quotient > std::numeric_limits<std::int64_t>::max() || quotient < std::numeric_limits<std::int64_t>::min()) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(quotient);
}

}  // namespace primecloud
