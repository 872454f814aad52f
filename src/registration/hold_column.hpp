// What a policy's hold_column says.  Server code.
#pragma once

#include "pg/postgres.hpp"

extern "C" {
#include "nodes/parsenodes.h"
}

namespace primecloud::registration {

// Before ALTER TABLE: raises 42501 where the column by which a policy knows that rows are held would go.
SERVER_CODE void check_hold_columns(const AlterTableStmt *statement);

}  // namespace primecloud::registration
