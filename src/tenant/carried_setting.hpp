// The setting primecloud.carried: how a context comes to a node that holds rows.
#pragma once

#include "pg/postgres.hpp"

extern "C" {
#include "nodes/parsenodes.h"
}

namespace primecloud::tenant {

// The statement under way holds a context that goes along: nobody reads it in pg_stat_activity, nor in the log of an
// error.
SERVER_CODE void hide_context_text();

// The same, where it does.
SERVER_CODE void hide_carried();

// A connection that Citus made and then calls otherwise runs what a user typed (run_command_on_workers()): nothing is
// taken there any more.
SERVER_CODE void note_renamed(const VariableSetStmt *set);

}  // namespace primecloud::tenant
