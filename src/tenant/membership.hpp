// What the registered membership table says of a user in an account.  Server code:
// raises server errors, allocates in the current memory context, owns nothing.
#pragma once

#include "tenant/keyed_rows.hpp"

namespace primecloud::tenant {

struct membership {
  bool asked = false;   // a table is registered
  bool member = false;  // it has the user in the account, and the account is active
  const char *why_not = nullptr;
  const char *role = nullptr;
  int granted = 0;
  const char **ids = nullptr;  // granted to the user, for confined roles
};

// Which changes count: those that are committed, and this transaction's own or not.
enum class membership_as { committed, seen_here };

// Looks `user` up in account `tenant`, as it is now, whatever snapshot the transaction has.
// Without SQL (keyed_rows.hpp): nothing that the owner of the tables can
// define is executed.
// `numbers`: which of both are numbers, which no key of text or uuid is.
struct numbers {
  bool tenant = false, user = false;
};
SERVER_CODE membership ask_membership(const char *tenant, const char *user,
                                      membership_as what = membership_as::seen_here, numbers which = {});

// The users of an account, as a snapshot has them; nothing where no table is registered.
SERVER_CODE texts members_of(const char *tenant, Snapshot seen);

}  // namespace primecloud::tenant
