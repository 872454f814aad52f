// Conditions of policies of ours: column = tenant_...(role), alone or among others.
// Server code: raises server errors.
#pragma once

#include "pg/postgres.hpp"
#include "pg/server_code.hpp"

namespace primecloud::tenant {

// column = tenant_...(role), with the call behind the operator; else nullptr.
SERVER_CODE const OpExpr *as_tenant_condition(const Node *condition);

// What has to hold together: of an AND each part, of alternatives of which one alone may hold (the floor of a
// distributed table stands among its policies) that one's.
SERVER_CODE List *conditions_of(Node *condition);

}  // namespace primecloud::tenant
