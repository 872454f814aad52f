// Whether a function does more than make a value of those it is given.  Server code.
#pragma once

#include "pg/postgres.hpp"

extern "C" {
#include "catalog/pg_proc.h"
}

namespace primecloud::tenant {

// One that changes something, or looks into what its argument names.  `called`: by name, and
// not as an operator, which takes values alone.
SERVER_CODE bool acts(const FormData_pg_proc &function, bool called);

}  // namespace primecloud::tenant
