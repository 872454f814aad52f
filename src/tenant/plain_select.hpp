// Sub-selects that read nothing, as policies have them: (SELECT f()).  Server code.
#pragma once

#include "pg/postgres.hpp"

extern "C" {
#include "nodes/primnodes.h"
}

namespace primecloud::tenant {

// The expression without them: each is what it selects.  One that reads something stays, and
// find_lent_code() (tenant/lent_code.hpp) tells of it.
SERVER_CODE Node *without_plain_selects(Node *expression);

}  // namespace primecloud::tenant
