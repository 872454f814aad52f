// Finds another query that Citus cannot plan and does not refuse.
//
// Where a distributed table is joined with one that lies on this node alone, Citus 13.2.2 makes a query of its own of
// one of the two.  It forgets that the policies of that table name it by the number that it had in the whole query, and
// the process ends (signal 11; without this library, too), but where that number was 1.
//
// Server code: raises server errors.
#pragma once

#include "pg/postgres.hpp"
#include "pg/server_code.hpp"

namespace primecloud::tenant {

// Whether tables of both kinds stand beside each other.
SERVER_CODE bool has_local_join(Query *query);

// Raises 0A000 where one of this node alone, held by policies, stands there behind another table.
SERVER_CODE void refuse_local_joins(Query *query);

}  // namespace primecloud::tenant
