// A secret that arrives as SQL text is in logs, statistics and pg_stat_activity by then.
#pragma once

#include <string_view>

namespace primecloud::secret {

// Warns, once a statement, if the client's statement holds `plaintext` as a literal.
void warn_of_literal(std::string_view plaintext);

}  // namespace primecloud::secret
