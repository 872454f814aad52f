// Finds a join of a distributed table with one that lies on this node alone.
//
// Citus makes a query of its own of one of the two, and of a distributed one with the conditions of its policies in a
// shape that ends the process (tenant/wrapped_tables.hpp): it is given such a join without them.
// Server code: raises server errors.
#pragma once

#include "pg/postgres.hpp"
#include "pg/server_code.hpp"

namespace primecloud::tenant {

// Whether tables of both kinds stand beside each other.
SERVER_CODE bool has_local_join(Query *query);

}  // namespace primecloud::tenant
