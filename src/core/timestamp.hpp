// A point in time: microseconds since 2000-01-01 00:00:00 UTC, the server's own
// timestamptz, so that values cross the boundary untouched.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

namespace primecloud {

struct timestamp {
  std::int64_t microseconds{};

  static constexpr timestamp infinity() noexcept { return {std::numeric_limits<std::int64_t>::max()}; }
  static constexpr timestamp minus_infinity() noexcept { return {std::numeric_limits<std::int64_t>::min()}; }
  constexpr bool finite() const noexcept { return *this != infinity() && *this != minus_infinity(); }

  friend constexpr auto operator<=>(const timestamp &, const timestamp &) = default;
};

// 2000-01-01 UTC counted from the Unix epoch, in microseconds.
inline constexpr std::int64_t postgres_epoch_unix_microseconds = 946'684'800'000'000;

}  // namespace primecloud
