// The keys that cursors are authenticated with: rows of primecloud.cursor_key, kept
// by each backend until the table changes or a cursor names a key not yet seen.
#pragma once

#include "core/page/cursor.hpp"
#include "pg/server_code.hpp"

namespace primecloud::page {

// The newest key; nullptr if the table has none.  Valid until the next call here.
SERVER_CODE const cursor_key *newest_key();

// The key of that id; nullptr if there is none, even after looking again.
SERVER_CODE const cursor_key *find_key(std::int32_t id);

}  // namespace primecloud::page
