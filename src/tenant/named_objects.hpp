// What a session holds by name beyond its transaction.  Server code.
#pragma once

#include "pg/server_code.hpp"

namespace primecloud::tenant {

// Closes the cursors WITH HOLD, and no others: a loop may be pinning those.
SERVER_CODE void close_held_cursors();

// Forgets the statements that SQL prepared: one planted under the name that the next
// client's driver uses would run in that client's context.  What a driver prepared
// itself, through the protocol, stays.
SERVER_CODE void forget_planted_statements();

}  // namespace primecloud::tenant
