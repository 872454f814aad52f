// Where a distributed table is joined with one that lies here alone, Citus 13.2.2 makes a query of its own of one of the
// two.  It forgets that the policies of that table name it by the number that it had in the whole query: where this was
// not 1 the process ends by signal 11.
#pragma once
#include "pg/postgres.hpp"
#include "pg/server_code.hpp"

namespace primecloud::tenant {

// Lets the conditions of policies (and barriers) of the only table of a query name this table.
SERVER_CODE void name_wrapped_table(Query *query);

}  // namespace primecloud::tenant
