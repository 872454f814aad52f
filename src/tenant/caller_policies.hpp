// The policies of a table as its server would apply them to a SELECT of the current user,
// for those who read its rows without one.
//
// Server code.
#pragma once

#include "pg/postgres.hpp"

extern "C" {
#include "executor/executor.h"
#include "nodes/execnodes.h"
#include "utils/rel.h"
}

namespace primecloud::tenant {

struct caller_policies {
  Relation table = nullptr;  // whose policies they are
  List *conditions = NIL;    // all of which a row must meet
  EState *state = nullptr;   // nullptr: every row is readable
  ExprState *prepared = nullptr;
};

// Under a lock on the table that stays: nobody changes a policy meanwhile.  Raises 42501 for a
// policy that would run code of a lesser role as the caller, 0A000 for one that reads tables
// (lent_code.hpp); nothing of it has run by then.
SERVER_CODE caller_policies policies_of_caller(Relation table);

// Whether the caller may read a row of the table, or of one below it once it is `as_of_table`.
SERVER_CODE bool lets_read(caller_policies &policies, TupleTableSlot *row);

// What a condition says that a column of type `type` equals, if there is one that says so of
// `=` alone: rows of other values need not be looked at.  false where there is none.
SERVER_CODE bool required_value(caller_policies &policies, AttrNumber number, Oid type, NullableDatum *value);

SERVER_CODE void end_policies(caller_policies &policies);

}  // namespace primecloud::tenant
