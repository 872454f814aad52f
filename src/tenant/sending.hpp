// The context goes along to the nodes that hold rows, where Citus spreads tables: by a SET LOCAL of
// primecloud.carried, which Citus repeats on each connection of the transaction (carried_setting.cpp takes it there).
// Server code: raises server errors.
#pragma once

#include <cstdint>

#include "pg/server_code.hpp"

namespace primecloud::tenant {

// Sends the identity that has become the context.  Does nothing where Citus is not.
SERVER_CODE void send_context(const char *encoded, std::uint64_t serial);

// Sends it anew, where a statement starts: what was sent is old by now, or a savepoint has ended that it was sent in.
SERVER_CODE void send_again_if_due();

// Whether a value of primecloud.carried, or the text of a statement, is what is being sent at this moment.
bool is_being_sent(const char *value) noexcept;
bool is_sending_statement(const char *text) noexcept;

}  // namespace primecloud::tenant
