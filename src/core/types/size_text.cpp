// Sizes as text: exact for programs, rounded for people.
#include <charconv>

#include "core/types/byte_size.hpp"
#include "core/types/size_units.hpp"

namespace primecloud {
namespace {
constexpr std::string_view decimal_names[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};

size_text written(std::int64_t number, std::string_view unit) noexcept {
  size_text text;
  char *at = std::to_chars(text.characters, text.characters + sizeof text.characters, number).ptr;
  if (!unit.empty()) {
    *at++ = ' ';
    for (const char c : unit) *at++ = c;
  }
  text.size = static_cast<std::uint8_t>(at - text.characters);
  return text;
}

constexpr unsigned __int128 magnitude(byte_size size) noexcept {
  const __int128 wide = size.bytes;
  return static_cast<unsigned __int128>(wide < 0 ? -wide : wide);
}

// One decimal below ten units, none from there on; halves are rounded up.
size_text humane(byte_size size, unsigned base, const std::string_view (&names)[7]) noexcept {
  const auto bytes = magnitude(size);
  const bool negative = size.bytes < 0;
  unsigned __int128 unit = 1;
  int step = 0;
  while (step < 6 && bytes / unit >= base) unit *= base, step++;
  if (step == 0) return written(size.bytes, names[0]);
  const auto tenths = (bytes * 20 + unit) / (unit * 2);
  if (tenths >= 100) {
    const auto rounded = static_cast<std::int64_t>((bytes * 2 + unit) / (unit * 2));
    return written(negative ? -rounded : rounded, names[step]);
  }
  size_text text;
  char *at = text.characters;
  if (negative) *at++ = '-';
  *at++ = static_cast<char>('0' + static_cast<int>(tenths / 10));
  *at++ = '.';
  *at++ = static_cast<char>('0' + static_cast<int>(tenths % 10));
  *at++ = ' ';
  for (const char c : names[step]) *at++ = c;
  text.size = static_cast<std::uint8_t>(at - text.characters);
  return text;
}

// A unit serves from 10 of it up to 10240, halves away from zero (dbsize.c).
size_text as_pg_size_pretty(byte_size size) noexcept {
  static constexpr std::string_view names[] = {"bytes", "kB", "MB", "GB", "TB", "PB"};
  const auto bytes = magnitude(size);
  unsigned __int128 unit = 1;
  int step = 0;
  // The server halves at each step but the first, which is what rounding at the end gives.
  while (step < 5 && (step == 0 ? bytes >= 10240 : (bytes * 2 + unit) / (unit * 2) >= 10240)) unit *= 1024, step++;
  const auto rounded = static_cast<std::int64_t>((bytes * 2 + unit) / (unit * 2));
  return step == 0 ? written(size.bytes, names[0]) : written(size.bytes < 0 ? -rounded : rounded, names[step]);
}
}  // namespace

size_text write_bytes(byte_size size) noexcept { return written(size.bytes, {}); }
char *write_bytes(byte_size size, char *to) noexcept { return std::to_chars(to, to + 20, size.bytes).ptr; }

size_text write_exact_units(byte_size size) noexcept {
  int step = 0;
  std::int64_t count = size.bytes;
  while (count != 0 && step < 6 && count % 1024 == 0) count /= 1024, step++;
  return written(count, unit_name(step));
}

size_text write_pretty(byte_size size, size_convention convention) noexcept {
  static constexpr std::string_view binary_names[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  switch (convention) {
    case size_convention::strict:
    case size_convention::iec: return humane(size, 1024, binary_names);
    case size_convention::si:
    case size_convention::k8s: return humane(size, 1000, decimal_names);
    case size_convention::pg: break;
  }
  return as_pg_size_pretty(size);
}

}  // namespace primecloud
