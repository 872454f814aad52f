// Work on the rows of one account where they lie, as the owner of the table, whom its policies hold to that account.
// Server code: raises server errors.
#pragma once

#include "pg/postgres.hpp"

namespace primecloud::tenant {

struct for_tenant {
  const char *tenant;
  Oid owner;
  const char *wait;  // lock_timeout as it was; nullptr where each node has its own
  int settings;
};

// Sends the question, and has nobody wait for a lock, here or there, for longer than a quarter of a second.  Raises
// 42501 or 55000 where somebody has been entered.
SERVER_CODE for_tenant begin_for_tenant(const char *tenant, Oid owner);

// Takes the question back, and gives settings their values again.  `wrote`: raises 58000 where what was written there
// would not be committed together with this transaction.
SERVER_CODE void end_for_tenant(const for_tenant &work, bool wrote);

}  // namespace primecloud::tenant
