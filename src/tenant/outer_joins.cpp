// Refuses a query that Citus cannot plan and does not refuse.
//
// Where an outer join keeps the rows of shared tables, or of none, and its other side has a distributed table that
// policies hold, Citus 13.2 plans that side by itself, with the policies' conditions in a shape that ends the process
// (signal 11; without this library, too).  Nobody is to restart a server by a join: it is refused before Citus sees it.
#include "pg/postgres.hpp"
#include "pg/startup.hpp"
#include "pg/table.hpp"
#include "tenant/cluster.hpp"

extern "C" {
#include "catalog/pg_namespace.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/planner.h"
}

namespace primecloud::tenant {
namespace {

planner_hook_type planner_behind = nullptr;

// Whose rows lie on shards, account by account.
SERVER_CODE bool is_spread_by_hash(Oid table) {
  const Oid list = get_relname_relid("pg_dist_partition", PG_CATALOG_NAMESPACE);
  const AttrNumber whose = OidIsValid(list) ? get_attnum(list, "logicalrelid") : InvalidAttrNumber;
  const AttrNumber how = OidIsValid(list) ? get_attnum(list, "partmethod") : InvalidAttrNumber;
  if (whose != 1 || how != 2) return false;
  bool found = false;
  pg::for_each_row<2>(list, pg::snapshot_of_now(list), [&](const Datum *values, const bool *nulls) {
    if (nulls[0] || nulls[1] || DatumGetObjectId(values[0]) != table) return;
    found = DatumGetChar(values[1]) != 'n';
  });
  return found;
}

struct join_side {
  bool spread = false, held = false;
  List *range_table = NIL;
};

SERVER_CODE bool look_into_side(Node *node, void *context);

SERVER_CODE void look_at_entry(const RangeTblEntry *entry, join_side *side) {
  if (entry->rtekind == RTE_RELATION && is_spread_by_hash(entry->relid)) {
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

SERVER_CODE void refuse_kept(const join_side &kept, const join_side &other) {
  if (kept.spread || !other.held) return;
  ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
          errmsg("an outer join from tables that every server has to a distributed one under policies is not run"),
          errhint("Join from the distributed table, or read the two in two statements."));
}

SERVER_CODE bool look_for_joins(Node *node, void *context) {
  if (node == nullptr) return false;
  if (IsA(node, Query)) return pg::walk_query(reinterpret_cast<Query *>(node), look_for_joins, node);
  if (IsA(node, JoinExpr)) {
    const auto *join = reinterpret_cast<JoinExpr *>(node);
    List *const range_table = static_cast<Query *>(context)->rtable;
    if (IS_OUTER_JOIN(join->jointype)) {
      const join_side left = side_of(join->larg, range_table), right = side_of(join->rarg, range_table);
      if (join->jointype != JOIN_RIGHT) refuse_kept(left, right);
      if (join->jointype != JOIN_LEFT) refuse_kept(right, left);
    }
  }
  return pg::walk_below(node, look_for_joins, context);
}

SERVER_CODE void watch_outer_joins() {
  planner_behind = planner_hook;
  planner_hook = [](Query *query, auto... rest) {
    if (query->hasRowSecurity && citus_is_loaded()) look_for_joins(reinterpret_cast<Node *>(query), nullptr);
    return (planner_behind != nullptr ? planner_behind : standard_planner)(query, rest...);
  };
}
const pg::startup watching_outer_joins{watch_outer_joins};

}  // namespace
}  // namespace primecloud::tenant
