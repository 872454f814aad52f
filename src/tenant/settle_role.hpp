// What a claim is refused for, and the role that it is entered with.
#pragma once

#include "tenant/claim.hpp"
#include "tenant/membership.hpp"

namespace primecloud::tenant {

SERVER_CODE void check_text(const claim &who, const char *name, const char *value);

// The role that the claim and the membership agree on.
SERVER_CODE const char *settle_role(const claim &who, const membership &found);

}  // namespace primecloud::tenant
