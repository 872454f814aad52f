// base64url without padding (RFC 4648, section 5), strict: one text for each
// sequence of bytes, so that no token, cursor or envelope has a second spelling.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace primecloud {

std::string base64url_encode(std::span<const std::uint8_t> bytes);

// Nothing if the text holds any other character, padding, white space, a length
// that no encoding has, or unused bits that are not zero.
std::optional<std::vector<std::uint8_t>> base64url_decode(std::string_view text);

}  // namespace primecloud
