// Leaves out of a query what its policies ask twice, and puts in what is known of what they ask
// (tenant/known_keys.hpp).
//
// A statement that writes is asked the policy for SELECT as well: that a row is of the account, and then that it is of
// the account for this role.  The second says the first, and each node that plans for one statement alone pays for
// both.  What is left stands where it stood, before what the statement asks.
//
// On a cluster alone: where a server keeps its plans the second condition costs nothing, and shows a plan that there is
// nothing to scan for a lesser role.
// Server code: raises server errors.
#pragma once

#include "pg/postgres.hpp"
#include "pg/server_code.hpp"

namespace primecloud::tenant {

// query: of a planner's own, changed in place.  for_now: whether it is planned for this context alone.  Whether the
// plan is to be bound to it.
SERVER_CODE bool simplify_policies(Query *query, bool for_now);

}  // namespace primecloud::tenant
