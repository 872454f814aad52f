// SET LOCAL primecloud.carried, by the way of any statement, which Citus repeats on each connection of the transaction.
// Server code: raises server errors.
#pragma once

#include "pg/server_code.hpp"

namespace primecloud::tenant {

// Sets an identity on the nodes, for whoever connects as `role` alone unless that is empty.  False where nothing was
// sent: where Citus is not, in a backend that it made, and without a root key as long as nothing is distributed.
enum class holds { for_seconds, no_more };  // no_more: it says there that there is nothing
SERVER_CODE bool set_on_nodes(const char *encoded, const char *role, holds how = holds::for_seconds);

// Sets anything else here and on each node, until the transaction ends; without a value to what each session began
// with. Neither name nor value wants quoting.
SERVER_CODE void repeat_on_nodes(const char *name, const char *value);

// The context of this transaction as set_on_nodes() would send it, for what goes over a connection of its own; nullptr
// where there is none, or it goes nowhere.
SERVER_CODE const char *context_for_node();

// Whether a value of primecloud.carried, or the text of a statement, is what is being sent at this moment.
bool is_being_sent(const char *value) noexcept;
bool is_sending_statement(const char *text) noexcept;

}  // namespace primecloud::tenant
