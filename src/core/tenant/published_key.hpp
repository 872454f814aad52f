// Keys that verify tokens and whose other half everybody has: those of published test
// vectors, which examples are copied from.
#pragma once

#include <cstdint>
#include <span>

namespace primecloud {

bool is_published_key(std::span<const std::uint8_t> key) noexcept;

}  // namespace primecloud
