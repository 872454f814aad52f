// What a policy compares its tenant column with, put into a query that is planned for one context alone.
//
// A node that another asks gets each statement as a text, plans it for this one time, and has the context by then: the
// key is a value as good as the one that the statement itself names, and a plan by it costs what one without a policy
// does.  Such a plan says of which context it is, and under any other, or none, it is not run.
// Server code: raises server errors.
#pragma once

#include "pg/postgres.hpp"
#include "pg/server_code.hpp"
#include "tenant/context.hpp"

extern "C" {
#include "nodes/plannodes.h"
}

namespace primecloud::tenant {

// Whether what is planned of this text is for this context alone: another node asks, and the text is that of the
// message under way, not of a statement that a function or PREPARE keeps.
SERVER_CODE bool is_planned_for_now(const char *text);

// Puts the key into a condition of a policy, in place, where the context has one that does.  Whether anything was put.
SERVER_CODE bool put_known_key(Node *condition);

// serial: of the context by which the keys were put.  (What a planner calculates may end that one.)
SERVER_CODE void bind_to_context(PlannedStmt *plan, std::uint64_t serial);

// Raises 55000 where the plan is bound to another context than this.  Called wherever a plan is run, or goes on.
SERVER_CODE void check_bound_context(const PlannedStmt *plan);

}  // namespace primecloud::tenant
