#include "tenant/local_joins.hpp"

#include "pg/server_version_trees.hpp"
#include "tenant/spread_tables.hpp"

extern "C" {
#include "nodes/nodeFuncs.h"
}

namespace primecloud::tenant {
namespace {

SERVER_CODE bool is_local(const RangeTblEntry *entry) {
  return entry->rtekind == RTE_RELATION && entry->relkind == RELKIND_RELATION && !is_on_nodes(entry->relid);
}

SERVER_CODE bool is_joined(const Query *query) {
  bool spread = false, local = false;
  ListCell *cell;
  foreach (cell, query->rtable) {
    const auto *entry = lfirst_node(RangeTblEntry, cell);
    spread = spread || (entry->rtekind == RTE_RELATION && is_spread(entry->relid));
    local = local || is_local(entry);
  }
  return spread && local;
}

SERVER_CODE bool look_for_local_join(Node *node, void *context) {
  if (node == nullptr) return false;
  if (!IsA(node, Query)) return pg::walk_below(node, look_for_local_join, context);
  auto *query = reinterpret_cast<Query *>(node);
  return is_joined(query) || pg::walk_query(query, look_for_local_join, context);
}

}  // namespace

bool has_local_join(Query *query) { return look_for_local_join(reinterpret_cast<Node *>(query), nullptr); }

}  // namespace primecloud::tenant
