#include "tenant/local_joins.hpp"

#include "pg/server_version_trees.hpp"
#include "tenant/spread_tables.hpp"

extern "C" {
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/lsyscache.h"
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

SERVER_CODE void refuse_behind_another(const Query *query) {
  for (int number = 2; number <= list_length(query->rtable); ++number) {
    const auto *entry = list_nth_node(RangeTblEntry, query->rtable, number - 1);
    if (number == query->resultRelation || !is_local(entry) || entry->securityQuals == NIL) continue;
    if (bms_is_empty(pull_varnos(nullptr, reinterpret_cast<Node *>(entry->securityQuals)))) continue;
    ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
            errmsg("table \"%s\" lies on this server alone, and is not joined with a distributed one as it stands",
                   get_rel_name(entry->relid)),
            errhint("Distribute it, or read it in a query of its own: FROM ... JOIN (SELECT * FROM ...) AS ..."));
  }
}

SERVER_CODE bool look_behind_others(Node *node, void *context) {
  if (node == nullptr) return false;
  if (!IsA(node, Query)) return pg::walk_below(node, look_behind_others, context);
  auto *query = reinterpret_cast<Query *>(node);
  if (is_joined(query)) refuse_behind_another(query);
  return pg::walk_query(query, look_behind_others, context);
}

}  // namespace

bool has_local_join(Query *query) { return look_for_local_join(reinterpret_cast<Node *>(query), nullptr); }

void refuse_local_joins(Query *query) { look_behind_others(reinterpret_cast<Node *>(query), nullptr); }

}  // namespace primecloud::tenant
