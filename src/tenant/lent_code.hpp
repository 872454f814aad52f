// Whether an expression that stands in somebody's table may be evaluated by the current user:
// whose code it is, and what it does with what it is given.
//
// Who evaluates it lends it his rights.  So each function, operator, cast and type in it must
// be of somebody who has these rights already: a superuser, or a role with all privileges of
// the current user.  And since whoever wrote it chose the arguments, no function that acts, or
// that is given the name of something to look into: query_to_xml() is a superuser's own, and
// runs any query.
//
// Server code.
#pragma once

#include "pg/postgres.hpp"

extern "C" {
#include "nodes/primnodes.h"
}

namespace primecloud::tenant {

struct lent_code {
  enum { none, of_role, action, query, other } what = none;
  Oid role = InvalidOid;       // of_role: who owns it
  const char *name = nullptr;  // the function or type
};

// Whether `role` lacks privileges that the current user has.
SERVER_CODE bool is_lesser(Oid role);

// What keeps the expression from being evaluated.  `trusted`: who wrote it lacks nothing that
// the current user has, so that it may act; but not by code of somebody lesser, who may change
// it.  Executes and folds nothing.
SERVER_CODE lent_code find_lent_code(Node *expression, bool trusted);

}  // namespace primecloud::tenant
