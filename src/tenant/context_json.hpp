// The context of the transaction as a client is told it.
#pragma once

#include "pg/owned.hpp"

namespace primecloud::tenant {

// Nothing without a context.
SERVER_CODE std::optional<pg::owned_jsonb> context_json();

}  // namespace primecloud::tenant
