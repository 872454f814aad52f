#include "tenant/outer_joins.hpp"

#include "tenant/spread_tables.hpp"

extern "C" {
#include "nodes/nodeFuncs.h"
}

namespace primecloud::tenant {
namespace {

struct join_side {
  bool spread = false, held = false;
  List *range_table = NIL;
};

SERVER_CODE bool look_into_side(Node *node, void *context);

SERVER_CODE void look_at_entry(const RangeTblEntry *entry, join_side *side) {
  if (entry->rtekind == RTE_RELATION && is_spread(entry->relid)) {
    side->spread = true;
    side->held = side->held || entry->securityQuals != NIL;
  }
  if (entry->rtekind == RTE_SUBQUERY) {
    List *const outside = side->range_table;
    side->range_table = entry->subquery->rtable;
    look_into_side(reinterpret_cast<Node *>(entry->subquery->jointree), side);
    side->range_table = outside;
  }
}

bool look_into_side(Node *node, void *context) {
  auto *side = static_cast<join_side *>(context);
  if (node == nullptr) return false;
  if (IsA(node, RangeTblRef)) {
    const int index = reinterpret_cast<RangeTblRef *>(node)->rtindex;
    look_at_entry(static_cast<RangeTblEntry *>(list_nth(side->range_table, index - 1)), side);
    return false;
  }
  return pg::walk_below(node, look_into_side, context);
}

SERVER_CODE join_side side_of(Node *tree, List *range_table) {
  join_side side;
  side.range_table = range_table;
  look_into_side(tree, &side);
  return side;
}

// Whether the rows of a side are kept that Citus has whole, beside a held one that it has not.
bool ends(const join_side &kept, const join_side &other) noexcept { return !kept.spread && other.held; }

SERVER_CODE bool look_for_joins(Node *node, void *context) {
  if (node == nullptr) return false;
  if (IsA(node, Query)) return pg::walk_query(reinterpret_cast<Query *>(node), look_for_joins, node);
  if (context != nullptr && IsA(node, JoinExpr)) {  // within a query
    const auto *join = reinterpret_cast<JoinExpr *>(node);
    List *const range_table = static_cast<Query *>(context)->rtable;
    if (IS_OUTER_JOIN(join->jointype)) {
      const join_side left = side_of(join->larg, range_table), right = side_of(join->rarg, range_table);
      if (join->jointype != JOIN_RIGHT && ends(left, right)) return true;
      if (join->jointype != JOIN_LEFT && ends(right, left)) return true;
    }
  }
  return pg::walk_below(node, look_for_joins, context);
}

}  // namespace

bool has_ending_join(Query *query) {
  // The walk costs what planning by a key does.
  if (list_length(query->rtable) == 1 && !query->hasSubLinks && query->cteList == NIL &&
      linitial_node(RangeTblEntry, query->rtable)->rtekind == RTE_RELATION)
    return false;
  return look_for_joins(reinterpret_cast<Node *>(query), nullptr);
}

void refuse_ending_join() {
  ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
          errmsg("an outer join from tables that every server has to a distributed one under policies is not run"),
          errhint("Join from the distributed table, or read the two in two statements."));
}

}  // namespace primecloud::tenant
