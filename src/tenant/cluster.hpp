// What this backend is where Citus spreads tables over several servers.
// Server code: raises server errors.
#pragma once

#include <cstdint>

#include "pg/server_code.hpp"

namespace primecloud::tenant {

// Whether Citus is loaded: its own setting is there, not one that somebody has only named.
SERVER_CODE bool citus_is_loaded();

// The session on another node, or on this one, that had Citus make this backend, as the connection said when it
// began: what a session says of itself later does not count.  0 where a client made it, or Citus is not loaded.
SERVER_CODE std::uint64_t asking_session();

// Whether this node is another than the coordinator, which the others follow.  In a transaction alone.
SERVER_CODE bool is_worker();

// What Citus calls this session before other nodes; 0 in a database without Citus.
SERVER_CODE std::uint64_t own_session();

// The name of this database.  The backend's, as long as it lives.
SERVER_CODE const char *own_database();

// Raises 55000 where a tenant is not entered: on a node that is no coordinator, and in a backend that Citus made.
SERVER_CODE void check_enters_here();

// Whether this is another node than the coordinator, or a backend that Citus made: neither has what belongs to the
// cluster.
SERVER_CODE bool is_elsewhere();

// Whether Citus has spread any table of this database.
SERVER_CODE bool anything_is_distributed();

}  // namespace primecloud::tenant
