// The units of sizes under each convention.
#pragma once

#include <optional>
#include <string_view>

#include "core/types/byte_size.hpp"

namespace primecloud {

// 2^binary * 10^power bytes; one of the two is 0.
struct size_unit {
  int binary;
  int power;
};

// What a unit means under a convention; the empty text is the byte.
std::optional<size_unit> find_unit(std::string_view name, size_convention convention) noexcept;

// B, KiB, MiB, ... EiB for 0 to 6.
std::string_view unit_name(int step) noexcept;

}  // namespace primecloud
