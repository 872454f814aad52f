// UUID version 7 (RFC 9562, 5.7): time-ordered identifiers.
//
// 48 bits of Unix milliseconds, 12 bits of the fraction below (RFC 9562, 6.2,
// method 3), 62 random bits.  Creation time can be read from the value: it is
// an identifier, not a secret.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "core/timestamp.hpp"
#include "core/uuid.hpp"

namespace primecloud {

// The identifier of one moment.  `random` gives the 62 low bits.
uuid make_uuid_v7(std::int64_t unix_nanoseconds, std::span<const std::uint8_t, 8> random) noexcept;

// Advances a clock reading so that each is later than the one before by at least
// the step that 12 bits can tell apart (245 ns).  `last` is the caller's, in Unix
// nanoseconds, and is updated: identifiers of one process never go back.
std::int64_t next_uuid_v7_time(std::int64_t clock, std::int64_t &last) noexcept;

// When the identifier was made, to the millisecond; nothing unless it is version 7.
std::optional<timestamp> uuid_v7_time(const uuid &id) noexcept;

// The least identifier of the millisecond that holds `time`: identifiers made at or after
// `time` are not below it.  Times that version 7 cannot hold (before 1970, after 10889)
// give the least and the greatest floor.
uuid uuid_v7_floor(timestamp time) noexcept;

}  // namespace primecloud
