// Refuses a query that Citus cannot plan and does not refuse.
//
// Where an outer join keeps the rows of shared tables, or of none, and its other side has a distributed table that
// policies hold, Citus 13.2 plans that side by itself, with the policies' conditions in a shape that ends the process
// (signal 11; without this library, too).  Nobody is to restart a server by a join.
// Server code: raises server errors.
#pragma once

#include "pg/server_code.hpp"
#include "pg/postgres.hpp"

namespace primecloud::tenant {

// Raises 0A000 where the conditions of policies have come into such a join.
SERVER_CODE void refuse_outer_joins(Query *query);

}  // namespace primecloud::tenant
