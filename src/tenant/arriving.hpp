// A context that comes from the node that it was entered on.
#pragma once

#include "pg/server_code.hpp"

namespace primecloud::tenant {

// Makes it this backend's, for the transaction; raises 42501 where it is not right, or not for this session.  One whose
// time is over leaves none.
SERVER_CODE void take_carried(const char *text);

}  // namespace primecloud::tenant
