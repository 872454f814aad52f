// Who may act for a tenant: the one that has entered it, or a role that was given
// every tenant (maintenance and platform roles, superusers).
#pragma once

#include <string_view>

#include "pg/server_code.hpp"

namespace primecloud::secret {

// Raises PC007 unless the current user may act for `tenant`.  Server code.
SERVER_CODE void check_tenant(std::string_view tenant);

SERVER_CODE bool may_act_for_any_tenant();

}  // namespace primecloud::secret
