// Gives Citus a protected table of this node alone as a query of its own, beside tables that have shards.
//
// Of such a table in a join Citus 13.2 makes a query itself, in a shape that ends the process
// (tenant/wrapped_tables.hpp) unless the table stands first.  `(SELECT * FROM notes) AS notes` it plans well, and asks
// no other thing: the policies' conditions stand in it, before what the statement asks. Server code: raises server
// errors.
#pragma once

#include "pg/postgres.hpp"
#include "pg/server_code.hpp"

namespace primecloud::tenant {

// query: of a planner's own, changed in place, with the queries in it; of one without tables that have shards, nothing
// is.  Nor is a table that is written or locked, or of which more is asked than columns (`ctid`, a row as a whole).
SERVER_CODE void put_tables_apart(Query *query);

}  // namespace primecloud::tenant
