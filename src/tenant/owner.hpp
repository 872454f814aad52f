// The owner of tables, as policies and owners' tools know him.
#pragma once

#include "pg/postgres.hpp"

namespace primecloud::tenant {

struct table_state {
  bool exists = false, held = false, forced = false;  // row-level security, and that of the owner
  Oid owner = InvalidOid;
};
SERVER_CODE table_state state_of(Oid table);

SERVER_CODE const char *qualified_name(Oid table);

// Whether the rights of that role are the current user's, and those of whoever is connected: a
// function of the owner's that somebody else may call is not the owner.
SERVER_CODE bool acts_as(Oid owner);

// The state of a table, for who acts as its owner: raises 42501, or 42P01 where there is none any more.
SERVER_CODE table_state check_acts_as_owner(Oid table);

// Raises 55000 where somebody has been entered: `what` works over all accounts.
SERVER_CODE void check_no_context(const char *what);

// Whether the current user owns some protected table whose policies hold him.
SERVER_CODE bool is_held_owner();

}  // namespace primecloud::tenant
