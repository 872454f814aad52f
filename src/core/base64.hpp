// Base64 (RFC 4648, section 4) of what is no secret: it does not take the same time for each text, as base64url.hpp
// does.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace primecloud {

// With its padding.
std::string base64_encode(std::span<const std::uint8_t> bytes);

// Empty for what is no base64 with its padding, and for nothing.
std::vector<std::uint8_t> base64_decode(std::string_view text);

}  // namespace primecloud
