// Bodies that were parsed and not analysed: expressions of parameters, constants, contexts.  Server code.
#pragma once

#include "review/tree_walk.hpp"

namespace primecloud::review {

// nullptr where there is more in it than that.
SERVER_CODE const node *walk_raw_body(tree_walk &w, const function_facts *facts);

}  // namespace primecloud::review
