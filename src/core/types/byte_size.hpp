// Sizes in bytes, written with units whose meaning is never guessed.
//
// "GB" is 10^9 to a disk maker and 2^30 to pg_size_pretty: a byte_size takes IEC units
// (KiB to EiB, powers of 1024) and refuses the ambiguous ones; parse_size reads them
// under a convention that the caller names.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/error.hpp"

namespace primecloud {

struct byte_size {
  std::int64_t bytes{};
  friend constexpr auto operator<=>(const byte_size &, const byte_size &) = default;
};

// How a text is read.  A fraction of a byte is rounded, halves away from zero, except
// where the unit is the byte itself: there it is refused.  In k8s it is rounded away from
// zero, whatever the unit, as Kubernetes does.
enum class size_convention {
  strict,  // [sign] digits [. digits] [one blank] [B KiB MiB GiB TiB PiB EiB], case-sensitive
  iec,     // the same units and Ki Mi Gi ..., in any case, blanks allowed
  si,      // k kB M MB ... are powers of 1000, Ki KiB ... of 1024, in any case
  pg,      // as pg_size_bytes: bytes B kB MB GB TB PB are powers of 1024, in any case; exponents
  k8s,     // as a Kubernetes quantity: n u m k M G T P E, Ki Mi ...; exponents; no blanks
};
std::optional<size_convention> parse_size_convention(std::string_view name) noexcept;

// A literal of the type: the strict convention.  22P02, 22003.
result<byte_size> parse_byte_size(std::string_view text);

// A text under a convention.  22023, 22003.
result<byte_size> parse_size(std::string_view text, size_convention convention);

// A size as text, at most 32 characters.
struct size_text {
  char characters[32];
  std::uint8_t size;
  constexpr std::string_view view() const noexcept { return {characters, size}; }
};

// The number of bytes alone.  The other form returns the end of what it wrote; there is
// room for 20 behind `to`.
size_text write_bytes(byte_size size) noexcept;
char *write_bytes(byte_size size, char *to) noexcept;

// The greatest IEC unit that divides the size exactly: reads back as the same size.
size_text write_exact_units(byte_size size) noexcept;

// For people, rounded: "1.5 GiB" (iec and strict), "1.6 GB" (si and k8s), or as
// pg_size_pretty does (pg).  Does not read back as the same size.
size_text write_pretty(byte_size size, size_convention convention) noexcept;

// Exact, or nothing if the result is out of range.  Division rounds halves away from
// zero; `divisor` is not 0.
std::optional<byte_size> add(byte_size a, byte_size b) noexcept;
std::optional<byte_size> subtract(byte_size a, byte_size b) noexcept;
std::optional<byte_size> multiply(byte_size a, std::int64_t factor) noexcept;
std::optional<byte_size> divide(byte_size a, std::int64_t divisor) noexcept;

}  // namespace primecloud
