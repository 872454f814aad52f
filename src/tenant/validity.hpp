// Whether the context still holds.  What it was entered with may be taken away while its
// transaction is open: the token's time, its key, the membership or its rank, the account, a
// grant.  Each statement under a context asks first (not the tenant functions, which the
// planner and parallel workers call): for the time always, for the rest after somebody has
// said that something changed.
#pragma once

#include <cstdint>

#include "pg/postgres.hpp"

namespace primecloud::tenant {

// Says to every backend, when this transaction commits, that what contexts were entered with
// may have changed.  Nothing is said if it is rolled back.
SERVER_CODE void announce_change();

// Raises 28000 if the context holds no more: where a statement starts (statement_start.cpp).
SERVER_CODE void check_context();

// How much has been said until now.  Asked before anything is read of what a context is
// entered with: what is said afterwards, the context does not know.
SERVER_CODE std::uint64_t changes_until_now();

// The context that has just been entered knows what was said until then.
void knows_changes_until(std::uint64_t moment) noexcept;

// For statements of the extension's own, in a context that may have ended.  An error, too,
// takes the pause away, with the transaction.
void pause_checks(bool pause) noexcept;

// Whether the statement under way may hold a token, and is to be kept out of the log.
bool statement_may_hold_token() noexcept;

}  // namespace primecloud::tenant
