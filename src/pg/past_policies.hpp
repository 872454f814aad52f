// A statement past the policies that are forced on an owner: on his own tables, and on nobody else's.
//
// The server has SECURITY_NOFORCE_RLS for that, and asks for it where it weaves policies into a statement.  But
// it does not ask whose they are: while the flag is up every owner is past his own, by a view, a rule or a
// function.  And it stays up while code of anybody's runs within, in what the server itself runs for a foreign
// key, too.  So here it is up only from where a statement has been read until it is planned, in which nobody's
// code runs, and what was woven is looked through for the tables of others.
//
// Server code.
#pragma once

#include "pg/postgres.hpp"

extern "C" {
#include "executor/spi.h"
}

namespace primecloud::pg {

// As the current user, within SPI.  One statement; its plan is not kept.
SERVER_CODE SPIPlanPtr prepare_past_policies(const char *statement, int count, Oid *types);

// Runs a command of one role's, whose own query over both tables of a foreign key is past them.
SERVER_CODE int execute_key_check(const char *command);

// The same of a command that is about to run, and has.
SERVER_CODE void expect_key_check();
SERVER_CODE void expect_key_check_no_more();

// Raises 42501 where the statement, as rewritten, is past the policies of somebody else than `owner`.
SERVER_CODE void check_reach(const Query *rewritten, Oid owner);

}  // namespace primecloud::pg
