// Secrets made here: identifiers and keys that MinIO and AWS accept.
#pragma once

#include <string>
#include <string_view>

namespace primecloud {

// 20 of [A-Z0-9]: what MinIO generates, and within what it takes for service accounts.
std::string generate_access_key_id();

// `length` of [A-Za-z0-9+]: what MinIO generates has 40.
std::string generate_secret(int length);

// The last four characters of a secret that has plenty left without them, nothing of any
// other: at least 32 printable characters without a blank, of which at least 12 differ.
// A generated key of 40 keeps 214 bits; a password or a PIN is never shortened.
std::string_view last_four(std::string_view secret) noexcept;

// A secret as a screen may show it: nothing but that it is there.
inline constexpr std::string_view redacted_text = "[sealed]";

}  // namespace primecloud
