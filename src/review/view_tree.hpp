// The queries of views and rules, as the catalog has them.  Server code.
#pragma once

#include "pg/server_version_trees.hpp"

extern "C" {
#include "nodes/parsenodes.h"
}

namespace primecloud::review {

struct stored_rule {
  const char *name;
  bool is_view;   // _RETURN
  List *actions;  // of Query
  Node *condition;
};
SERVER_CODE List *rules_of(Oid relation);     // of stored_rule
SERVER_CODE Query *view_query(Oid relation);  // nullptr: it is no view

}  // namespace primecloud::review
