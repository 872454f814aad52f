// Records of an audit that whoever may write to the same log cannot make: each ends with a
// keyed hash of what stands before it (BLAKE2b, 16 bytes, in hexadecimal).
//
//   {"action":"assume",...,"at":"2026-11-30T10:00:00.000Z","seal":"0123..."}    an object of JSON
//   primecloud opened a secret: ... at="2026-11-30T10:00:00.000Z" seal="0123..."  any other text
//
// The time is the record's own, so that an old record set in again is one too many.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace primecloud {

inline constexpr std::size_t audit_key_size = 32;
inline constexpr std::size_t audit_seal_room = 96;  // what sealing adds to a text, at most

using audit_key = std::span<const std::uint8_t, audit_key_size>;

// `text` with time and seal, to `out`, which has text.size() + audit_seal_room bytes; how many
// there are.  `at` is a time in ISO 8601, at most 32 bytes.
std::size_t seal_audit_record(audit_key key, std::string_view text, std::string_view at, char *out) noexcept;

// Whether a record is whole and was sealed with the key.
bool is_audit_record(audit_key key, std::string_view record) noexcept;

}  // namespace primecloud
