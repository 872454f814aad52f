// Whether a plan reads or writes what stands here for a distributed table.  Server code: raises server errors.
#pragma once

#include "pg/postgres.hpp"
#include "pg/server_code.hpp"

extern "C" {
#include "nodes/plannodes.h"
}

namespace primecloud::tenant {

// Raises 0A000 where a plan scans or changes a distributed table here, and does not hand it to Citus.
SERVER_CODE void refuse_scans_of_shells(const PlannedStmt *plan);

}  // namespace primecloud::tenant
