// Conditions of policies of ours: whether one says what another does.
//
// column = tenant_...(role) says column = tenant_...(), and an AND says each of its own.
// Server code: raises server errors.
#pragma once

#include "pg/postgres.hpp"
#include "pg/server_code.hpp"

namespace primecloud::tenant {

// Whether a row for which stronger is true is one for which weaker is.  False where that is not seen.
SERVER_CODE bool each_is_said(Node *weaker, Node *stronger);

// The least role that is left out is null: the planner would look it up in the catalog for each.  Changes the
// condition in place.
SERVER_CODE void spell_out(Node *condition);

// What a statement about one table asks of a row itself, and its policies, by now with values, ask all the same.
SERVER_CODE void leave_out_said_again(Query *query);

}  // namespace primecloud::tenant
