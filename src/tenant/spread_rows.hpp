// Rows of a table that Citus has spread, by the values of key columns, the first of which is the tenant's.
//
// They lie on other servers and are to be had by SQL alone.  It is planned and run as the table's owner, in a
// security-restricted operation: what he wrote into its indexes, checks and types has his rights.  Policies hold him on
// every server, so the tenant that is asked for is entered meanwhile, as its owner; both are undone together.
//
// Server code: raises server errors, allocates in the current memory context, owns nothing.
#pragma once

#include "tenant/keyed_rows.hpp"

extern "C" {
#include "utils/rel.h"
}

namespace primecloud::tenant {

SERVER_CODE texts find_spread_rows(Relation table, const keyed_question &asked);

}  // namespace primecloud::tenant
