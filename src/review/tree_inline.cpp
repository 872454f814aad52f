// SQL functions that the planner puts in the place of their calls: so does the review, by their trees.
#include "review/tree_walk.hpp"

#include "review/body.hpp"

extern "C" {
#include "nodes/parsenodes.h"
}

namespace primecloud::review {
SERVER_CODE const node *walk_body(tree_walk &w, const function_facts *facts, List *arguments) {
  if (!facts->inlines || facts->product || w.inlined >= 3) return nullptr;
  return nullptr;
}
}  // namespace primecloud::review
