// Entering with a token: what enter(), enter_context() and the setting primecloud.token do.
#pragma once

#include <optional>
#include <string_view>

#include "pg/postgres.hpp"

namespace primecloud::tenant {

// The statement under way holds a token: neither pg_stat_activity nor a later error line of it may show that.
SERVER_CODE void hide_statement();

// Verifies a token and enters its account, or its user alone, for the rest of the transaction; hides the statement.
// Throws, or raises a server error.
void enter_token(std::optional<std::string_view> text);

}  // namespace primecloud::tenant
