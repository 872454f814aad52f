// What one client leaves behind in a backend, and a pooler would hand to the next:
// cursors held open, temporary objects, statements prepared by SQL, the last value of
// a sequence, channels listened to.
#pragma once

#include "pg/server_code.hpp"

namespace primecloud::tenant {

// Cleans up unless all that is there was left by the same tenant and user.  That is
// known from the last clean-up that was committed, and of no transaction since then
// that entered nobody.  Server code; `tenant` may be nullptr.
SERVER_CODE void clean_up_after_another(const char *tenant, const char *user);

}  // namespace primecloud::tenant
