// Owners' migrations: forced row-level security holds the owner of a table to one account, and
// migrating() lifts it from the tables that he names, until migrated() puts it back.
#pragma once

#include "pg/server_code.hpp"

namespace primecloud::tenant {

// Whether this transaction has lifted it from a table, and not put it back.
SERVER_CODE bool is_migrating();

}  // namespace primecloud::tenant
