// Root keys, checked against what the database knows of them, and what they wrap.
// Server code: raises PC001, PC002 and PC004.  Who has a root_key alive calls these
// below pg::guarded(), so that it is wiped on every way out.
#pragma once
#include "pg/server_code.hpp"
#include "secret/key_table.hpp"

namespace primecloud::secret {

// The root key of a version (0: the newest), which must be this database's.  A version
// that is new is recorded, and taken only from who has the newest one that is known.
SERVER_CODE void checked_root(std::int32_t version, root_key *root);

// Unwraps the row's key to `out`, 32 bytes; raises where it cannot.  The second form is
// given the root key of the row's version, and takes a key in any state.
SERVER_CODE void unwrap(const key_row &row, std::uint8_t *out);
SERVER_CODE void unwrap_with(const root_key &root, const key_row &row, std::uint8_t *out);

}  // namespace primecloud::secret
