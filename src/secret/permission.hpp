// Who may act for a tenant: the one that has entered it, or a role that was given
// every tenant (maintenance and platform roles, superusers).
#pragma once

#include <string_view>

namespace primecloud::secret {

// Raises PC007 unless the current user may act for `tenant`.  Server code.
void check_tenant(std::string_view tenant);

bool may_act_for_any_tenant();

}  // namespace primecloud::secret
