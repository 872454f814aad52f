// Text as it is sealed, bound and hashed: in UTF-8, whatever the database's encoding, so
// that a dump opens in a database of another one.  In a UTF-8 database nothing is copied.
#pragma once

#include <string_view>

#include "pg/postgres.hpp"

namespace primecloud::secret {

// In a database without an encoding (SQL_ASCII) the bytes as they are.  Server code.
SERVER_CODE std::string_view to_utf8(std::string_view text);

// The bytes as text of the database, or nullptr where they are none; the argument then
// stays, else it may be freed.  Quotes nothing in an error, as the server's own would.
SERVER_CODE varlena *from_utf8(varlena *bytes);

}  // namespace primecloud::secret
