// A universally unique identifier, as its 16 bytes in network order (RFC 9562).
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace primecloud {

struct uuid {
  std::array<std::uint8_t, 16> octets{};

  friend constexpr auto operator<=>(const uuid &, const uuid &) = default;
};

inline constexpr std::size_t uuid_text_size = 36;

// The canonical text form, lower case with hyphens, and no other: a key has one spelling.
std::optional<uuid> parse_uuid(std::string_view text) noexcept;
void write_uuid(const uuid &id, char (&text)[uuid_text_size]) noexcept;

}  // namespace primecloud
