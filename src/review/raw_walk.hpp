// The parts of the walk of a body that was parsed alone.  Server code.
#pragma once

#include "review/raw_tree.hpp"

extern "C" {
#include "nodes/parsenodes.h"
}

namespace primecloud::review {

struct raw_walk {
  tree_walk &to;
  Oid function;
  bool failed = false;
};

SERVER_CODE const node *walk_raw(raw_walk &w, Node *n);
SERVER_CODE List *walk_raw_list(raw_walk &w, List *each);
SERVER_CODE const node *give_up(raw_walk &w);
SERVER_CODE const node *raw_operator(raw_walk &w, const A_Expr *n);
SERVER_CODE const node *raw_cast(raw_walk &w, const TypeCast *n);
SERVER_CODE const node *raw_sublink(raw_walk &w, const SubLink *link);

}  // namespace primecloud::review
