// The session's temporary schema, and a clean-up of the session that must not fail twice.
#pragma once

#include "pg/server_code.hpp"

namespace primecloud::tenant {

// Drops whatever the session has in its temporary schema: tables, views, sequences,
// functions, types.  Server code.
SERVER_CODE void drop_temporary_objects();

// Whether the session has such a schema by now.
SERVER_CODE bool has_temporary_schema();

// Runs a clean-up of what another client left.  If what was left makes it fail, it would fail
// for whoever has the connection next: the connection ends, and a pooler makes a new one.
// What is short for everybody is an ordinary error, or one client could end every connection.
SERVER_CODE void or_end_connection(void (*clean_up)());

}  // namespace primecloud::tenant
