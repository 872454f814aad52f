// What the review's nodes do not say of the server's: kept beside them, so that two that differ are two.  Server code.
#pragma once

#include "pg/postgres.hpp"

namespace primecloud::review {

// All that a tree of the server's says, as a hash of 32 digits: names in the place of oids, no places in a text.
SERVER_CODE const char *digest_of(const void *tree);

// Of an operator and the collation that it takes; "" for what types, names and collations of columns say already.
SERVER_CODE const char *mark_of_operator(Oid operator_id, Oid collation, Oid left);
// Of a collation that is neither the database's nor the type's own; "" for those.
SERVER_CODE const char *mark_of_collation(Oid collation, Oid type);
// Of the type of a constant; with a ~ where values of different texts may be equal.
SERVER_CODE const char *mark_of_type(Oid type);
// Of how a query joins what stands in its FROM, and of functions and the like there; nullptr for nothing.
SERVER_CODE const char *mark_of_from(const Query *query);

}  // namespace primecloud::review
