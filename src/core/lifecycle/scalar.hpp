// The scalars of a lifecycle document, by the rules MinIO reads them with.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/timestamp.hpp"

namespace primecloud::lifecycle {

// Decimal, a sign and leading zeros allowed, white space around it too; an empty
// text is 0.  Nothing for anything else, or beyond 64 bits.
std::optional<std::int64_t> read_integer(std::string_view text) noexcept;

// 1, t, T, true, TRUE, True and their opposites; an empty text is false.
std::optional<bool> read_boolean(std::string_view text) noexcept;

// RFC 3339: 2025-03-01T00:00:00Z, with a fraction or an offset.  `date_alone`
// also takes 2025-03-01, as the command line of S3 does.
struct date_and_offset {
  timestamp at;   // as written: the offset is not applied
  bool utc;       // the offset is Z, +00:00 or -00:00
  bool midnight;  // of the clock as written
};
std::optional<date_and_offset> read_date(std::string_view text, bool date_alone) noexcept;

// The year that stands for no date in MinIO's JSON exports.
bool is_zero_date(timestamp date) noexcept;

// 2025-03-01T00:00:00Z
struct date_text {
  char characters[32];
  std::size_t length;
  operator std::string_view() const noexcept { return {characters, length}; }
};
date_text write_date(timestamp midnight) noexcept;

}  // namespace primecloud::lifecycle
