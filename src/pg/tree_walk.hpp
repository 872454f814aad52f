// The server's walks of expressions and queries, with a callback that has its parameters.
//
// Part of pg/postgres.hpp; nobody includes it by itself.
#pragma once

#include "pg/server_version.hpp"

namespace primecloud::pg {

SERVER_CODE inline bool walk_below(Node *node, bool (*visit)(Node *, void *), void *context) {
  return expression_tree_walker(node, reinterpret_cast<visit_of_tree>(reinterpret_cast<void *>(visit)), context);
}
SERVER_CODE inline bool walk_query(Query *query, bool (*visit)(Node *, void *), void *context) {
  return query_tree_walker(query, reinterpret_cast<visit_of_tree>(reinterpret_cast<void *>(visit)), context, 0);
}
SERVER_CODE inline Node *mutate_below(Node *node, Node *(*change)(Node *, void *), void *context) {
  return expression_tree_mutator(node, reinterpret_cast<change_of_tree>(reinterpret_cast<void *>(change)), context);
}

}  // namespace primecloud::pg
