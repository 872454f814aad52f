// Keys that verify tokens and whose other half everybody has: those of test vectors and of
// documentation, which are copied from there, and those that are a pattern.
#pragma once

#include <cstdint>
#include <span>

namespace primecloud {

bool is_published_key(std::span<const std::uint8_t> key) noexcept;

}  // namespace primecloud
