// Secrets that stand in documentation and in what tools come with, from where they are
// copied into production.
#pragma once

#include <cstdint>
#include <span>

namespace primecloud {

// Of a key as HMAC uses it: no longer than a block, without the zeros that fill it.
bool is_published_secret(std::span<const std::uint8_t> key) noexcept;

}  // namespace primecloud
