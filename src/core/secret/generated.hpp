// Secrets made here: identifiers and keys that MinIO and AWS accept.
#pragma once

#include <string>
#include <string_view>

namespace primecloud {

// 20 of [A-Z0-9]: what MinIO generates, and within what it takes for service accounts.
std::string generate_access_key_id();

// `length` of [A-Za-z0-9+]: what MinIO generates has 40.
std::string generate_secret(int length);

// A secret as a screen may show it: nothing but that it is there.
inline constexpr std::string_view redacted_text = "[sealed]";

}  // namespace primecloud
