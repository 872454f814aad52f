// Whether what a transaction does on this node and on others is committed together.
// Server code: raises server errors.
#pragma once

#include "pg/postgres.hpp"

namespace primecloud::tenant {

// Raises 58000 where Citus would commit on another node before this one commits, and so may lose what stands here of
// what was done there.  Called after a write there.
SERVER_CODE void check_commits_together();

}  // namespace primecloud::tenant
