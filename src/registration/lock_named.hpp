// The tables that a TRUNCATE names, locked as it would lock them itself, before it says of each that it will be
// emptied.
#pragma once

#include "pg/table.hpp"

extern "C" {
#include "nodes/parsenodes.h"
}

namespace primecloud::registration {

// Those alone that the current user may empty: of the others the server says so, and waits for nobody.  Server code.
SERVER_CODE void lock_named(const TruncateStmt *statement);

}  // namespace primecloud::registration
