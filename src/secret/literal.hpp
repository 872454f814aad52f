// A secret that arrives as SQL text is in logs, statistics and pg_stat_activity by then.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "pg/server_code.hpp"

namespace primecloud::secret {

// Warns, once a statement, if the client's statement holds the secret as a literal; from
// then on neither pg_stat_activity nor an error line of the statement shows it.  Looks
// at the first few secrets of a statement.
SERVER_CODE void warn_of_literal(std::string_view plaintext);
SERVER_CODE void warn_of_bytes_literal(std::span<const std::uint8_t> plaintext);

}  // namespace primecloud::secret
