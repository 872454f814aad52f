// An identity on its way from the node that it was entered on to the nodes that hold rows.
//
// The text is base64url of
//   format (1 byte), version of the root key (4, the greatest first), nonce (24),
//   then XChaCha20-Poly1305 of: session (8), until (8), the database role that alone may take it (its size, 1, and its
//   name, empty for any), the identity as encode() spells it.
// The key is made from the root key, for this and nothing else; what stands in the clear, and the name of the
// database, are authenticated with the rest.  Whoever has no root key can neither make nor read one.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/secret/root_key.hpp"
#include "core/timestamp.hpp"

namespace primecloud {

// How long a carried context is taken, and by how much the clocks of two nodes may differ.
inline constexpr std::int64_t carried_life = 30'000'000, carried_leeway = 5'000'000;

// The longest text: it is sent to each node once an entry, and again as a transaction lives on.
inline constexpr std::size_t longest_carried = std::size_t{256} * 1024;

// Made from a root key, for contexts alone: who carries many keeps it.
struct carrying_key {
  std::int32_t version = 0;  // of the root key
  std::array<std::uint8_t, 32> bytes{};

  carrying_key() = default;
  explicit carrying_key(const root_key &root) noexcept;
  carrying_key(const carrying_key &) = default;
  carrying_key &operator=(const carrying_key &) = default;
  ~carrying_key();  // wipes
};

// The session that it is for: of which database, and which backend of which node.
struct carried_session {
  std::string_view database;
  std::uint64_t number = 0;
};

inline constexpr std::size_t carried_nonce_size = 24;
std::string carry(const carrying_key &key, const carried_session &whose, timestamp now, std::string_view identity,
                  std::span<const std::uint8_t, carried_nonce_size> nonce, std::string_view role = {});

// The version of the root key that a text needs; nothing where it is none of these texts.
std::optional<std::int32_t> carried_root_version(std::string_view text);

enum class carried_state {
  taken,
  late,              // its time is over: it was right, and says nothing any more
  of_another_clock,  // its time is further off than any that this clock would give
  of_another_session,
  false_text  // not made with this root key for this database, or altered
};

struct carried {
  carried_state state = carried_state::false_text;
  std::string role;      // the only one that may take it; empty for any
  std::string identity;  // where it was taken
};
carried read_carried(const carrying_key &key, const carried_session &here, timestamp now, std::string_view text);

}  // namespace primecloud
