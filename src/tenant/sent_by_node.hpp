// Whether another node of Citus sends what this backend runs, whose guard has judged it.
// Server code: raises server errors.
#pragma once

#include "pg/server_code.hpp"

namespace primecloud::tenant {

// False on the node that the others follow, and where there is no Citus.
SERVER_CODE bool is_sent_by_node();

}  // namespace primecloud::tenant
