// The context goes along to the nodes that hold rows, where Citus spreads tables: by a SET LOCAL of
// primecloud.carried, which Citus repeats on each connection of the transaction (carried_setting.cpp takes it there).
// Server code: raises server errors.
#pragma once

#include <cstdint>

#include "pg/postgres.hpp"

namespace primecloud::tenant {

// Sends the identity that has become the context.  Does nothing where Citus is not.
SERVER_CODE void send_context(const char *encoded, std::uint64_t serial);

// Sends what lets a role that owns tables read those of one account, before anybody is entered and past what a lesser
// role may see: for what entering asks.  In connections of other roles it is nothing; the context has to follow.
SERVER_CODE void send_question(const char *tenant, Oid owner);

// Whether other nodes have a context of this transaction, or of a savepoint that it is in.
bool is_sent() noexcept;

// Takes it back: the same transaction may ask about another account, and nobody reads on by it.
SERVER_CODE void take_question_back(const char *tenant, Oid owner);

// Sends it anew, where a statement starts: what was sent is old by now, or a savepoint has ended that it was sent in.
SERVER_CODE void send_again_if_due();

}  // namespace primecloud::tenant
