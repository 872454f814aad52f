// Finds a query of Citus' own making whose end is the server's.
//
// What Citus 13.2 cannot give to one shard it plans in pieces, and makes of one table of a join a query of its own.  It
// forgets that the conditions of the table's policies name it by the number that it had in the whole: where this was
// not 1, there is none of that number in the piece, and the process ends (signal 11; without this library, too).  Each
// piece comes by the planner before that. Server code: raises server errors.
#pragma once

#include "pg/postgres.hpp"
#include "pg/server_code.hpp"

namespace primecloud::tenant {

// Raises 0A000 for such a piece.
SERVER_CODE void refuse_wrapped_table(const Query *query);

}  // namespace primecloud::tenant
