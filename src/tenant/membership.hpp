// What the registered membership table says of a user in an account.  Server code:
// raises server errors, allocates in the current memory context, owns nothing.
#pragma once

#include "pg/postgres.hpp"

namespace primecloud::tenant {

struct membership {
  bool asked = false;   // a table is registered
  bool member = false;  // it has the user in the account, and the account is active
  const char *role = nullptr;
  int granted = 0;
  const char **ids = nullptr;  // granted to the user, for confined roles
};

// Looks `user` up in account `tenant`.  Runs as the superuser, with every name and
// operator qualified, over columns of built-in types alone: nothing that the owner
// of the table can define is executed.
membership ask_membership(const char *tenant, const char *user);

}  // namespace primecloud::tenant
