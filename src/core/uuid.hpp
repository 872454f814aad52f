// A universally unique identifier, as its 16 bytes in network order (RFC 9562).
#pragma once

#include <array>
#include <compare>
#include <cstdint>

namespace primecloud {

struct uuid {
  std::array<std::uint8_t, 16> octets{};

  friend constexpr auto operator<=>(const uuid &, const uuid &) = default;
};

}  // namespace primecloud
