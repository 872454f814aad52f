// A keyset cursor: the place of one row in a list sorted by (time, id), as opaque
// text that a client hands back for the next page.
//
//   version 1 | key id 4 | time 8 | id 16 | MAC 16      45 bytes, 60 characters
//
// The MAC (keyed BLAKE2b, RFC 7693) covers what stands before it and, without
// sending them, the scope (which list, filter and sort) and the account: a cursor of
// another list or account does not verify.  It protects the contract, not the rows:
// what a client may see is decided by row-level security.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/timestamp.hpp"
#include "core/uuid.hpp"

namespace primecloud {

struct cursor_key {
  std::int32_t id;
  std::array<std::uint8_t, 32> bytes;
};

// Where a page ended.  Time to the microsecond: a cursor that loses digits loses rows.
struct position {
  timestamp time;
  uuid id;
};

std::string encode_cursor(const position &at, const cursor_key &key, std::string_view scope, std::string_view account);

// The key that a cursor names; nothing if it is not a cursor of this version.
std::optional<std::int32_t> cursor_key_id(std::string_view cursor);

// Nothing unless the cursor was made with this key for this scope and account.
std::optional<position> decode_cursor(std::string_view cursor, const cursor_key &key, std::string_view scope,
                                      std::string_view account);

}  // namespace primecloud
