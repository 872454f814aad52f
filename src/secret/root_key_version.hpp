// The rows of primecloud_internal.root_key_version: which versions of the root key this
// database has used, and what tells the right key from a wrong one.  Server code.
#pragma once

#include <cstdint>

#include "pg/server_code.hpp"

namespace primecloud::secret {

enum class root_check { right, wrong, unknown, first };

// Whether `value` is the check value recorded for the version.  `unknown`: others are
// recorded, this one is not; `first`: none is.
SERVER_CODE root_check check_root(std::int32_t version, const std::uint8_t *value);
SERVER_CODE void record_root(std::int32_t version, const std::uint8_t *value);
SERVER_CODE std::int32_t newest_recorded_root();

}  // namespace primecloud::secret
