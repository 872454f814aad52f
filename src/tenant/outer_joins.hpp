// Finds a query that Citus cannot plan and does not refuse.
//
// Where an outer join keeps the rows of shared tables, or of none, and its other side has a distributed table that
// policies hold, Citus 13.2 plans that side by itself, with the policies' conditions in a shape that ends the process
// (signal 11; without this library, too).  Nobody is to restart a server by a join.
// Server code: raises server errors.
#pragma once

#include "pg/postgres.hpp"
#include "pg/server_code.hpp"

namespace primecloud::tenant {

// Whether the conditions of policies have come into such a join.
SERVER_CODE bool has_ending_join(Query *query);

// Raises 0A000.
[[noreturn]] SERVER_CODE void refuse_ending_join();

}  // namespace primecloud::tenant
