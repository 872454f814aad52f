// Where the rows of a table lie in a cluster of Citus, by Citus' own lists; remembered until any table changes.
// Server code: raises server errors.
#pragma once

#include "pg/postgres.hpp"
#include "pg/server_code.hpp"

namespace primecloud::tenant {

// Whether its rows lie on shards, account by account, and not whole on each node.
SERVER_CODE bool is_spread(Oid table);

// Whether its rows lie on shards, or whole on each node.
SERVER_CODE bool is_on_nodes(Oid table);

// As is_spread(), where this node is the coordinator and has none of the shards.
SERVER_CODE bool is_spread_elsewhere(Oid table);

}  // namespace primecloud::tenant
