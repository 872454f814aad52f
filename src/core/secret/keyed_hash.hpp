// Keyed BLAKE2b-256 (RFC 7693) of a value under a purpose and a name, each with its
// length, so that no two of them read the same: token hashes, blind indexes,
// fingerprints.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace primecloud {

std::array<std::uint8_t, 32> keyed_hash(std::span<const std::uint8_t, 32> key, std::string_view purpose,
                                        std::string_view name, std::span<const std::uint8_t> value) noexcept;

}  // namespace primecloud
