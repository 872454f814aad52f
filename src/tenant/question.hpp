// What may be read while a question about a tenant's rows goes on: it is a context, and code of a table's owner or of
// whoever may attach some to it runs within.
// Server code: raises server errors.
#pragma once

#include "pg/postgres.hpp"

extern "C" {
#include "nodes/plannodes.h"
}

namespace primecloud::tenant {

// Raises 42501 where, in a question, a statement reads or writes a table under policies that does not belong to the
// role that asks.  Called where each statement starts and goes on, planned anew or not.
SERVER_CODE void check_question(const PlannedStmt *plan);

}  // namespace primecloud::tenant
