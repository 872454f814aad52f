// A table of which a row is revealed: that it can be read so, by whom, and its columns.
// Server code.
#pragma once

#include "secret/registration.hpp"
#include "tenant/row_search.hpp"

namespace primecloud::secret {

// The table, under a SELECT's lock.  Refuses what holds no rows of its own kind.
SERVER_CODE Relation open_table(Oid oid);

// What a SELECT of the three columns would need.
SERVER_CODE void check_may_read(Relation table, const registration &column);

SERVER_CODE void check_is_stored(Relation table, AttrNumber number, const char *name);

// An id or a tenant: of a type whose text and `=` are the server's own.
SERVER_CODE tenant::plain_column key_column(Relation table, const char *name);

// As the column's base type reads it, past the checks of any domain.
SERVER_CODE Datum read_id(Oid type, std::string_view text);

}  // namespace primecloud::secret
