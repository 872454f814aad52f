// Lists with a cursor: what their functions' bodies say of them.
#pragma once

#include "pg/postgres.hpp"

extern "C" {
#include "lib/stringinfo.h"
#include "nodes/parsenodes.h"
}

namespace primecloud::contract {

// Where a query of the body calls `make_cursor`: {"of": function, "list": {"scope", "sort"}}, as the next element of
// an array.  The sort is of the rows that it is called for.
SERVER_CODE void write_list(StringInfo out, Oid function, const Query *body, Oid make_cursor);

}  // namespace primecloud::contract
