// The policies of a table whose rows lie on other nodes hold where the rows are: what Citus plans here goes there as a
// text, and each shard's own policies are added to it there.  Those of the shell that stands here change no answer.
// Citus 13.2 evaluates them for each statement all the same, and where they come into an outer join, or a plan that it does
// not route, it ends the process (signal 11; without this library, too).  So they are left out of what it is given; and a plan
// that would read a shell all the same is not run.
#include "pg/postgres.hpp"
#include "pg/startup.hpp"
#include "tenant/cluster.hpp"
#include "tenant/outer_joins.hpp"
#include "tenant/shell_scans.hpp"
#include "tenant/spread_tables.hpp"

extern "C" {
#include "nodes/nodeFuncs.h"
#include "optimizer/planner.h"
#include "parser/parsetree.h"
}

namespace primecloud::tenant {
namespace {

planner_hook_type planner_behind = nullptr;

SERVER_CODE bool is_of_policy(const WithCheckOption *check) {
  switch (check->kind) {
    case WCO_RLS_INSERT_CHECK:
    case WCO_RLS_UPDATE_CHECK:
    case WCO_RLS_CONFLICT_CHECK:
    case WCO_RLS_MERGE_UPDATE_CHECK:
    case WCO_RLS_MERGE_DELETE_CHECK:
      return true;
    default:  // the check options of views stay: no shard has them
      return false;
  }
}

SERVER_CODE List *without_policies(List *checks) {
  List *kept = NIL;
  ListCell *cell;
  foreach (cell, checks) {
    auto *check = lfirst_node(WithCheckOption, cell);
    if (!is_of_policy(check)) kept = lappend(kept, check);
  }
  return kept;
}

SERVER_CODE bool is_shell(const RangeTblEntry *entry) {
  return entry->rtekind == RTE_RELATION && is_spread_elsewhere(entry->relid);
}

// Whether anything was left out.
SERVER_CODE bool leave_out(Query *query) {
  bool any = false;
  if (query->withCheckOptions != NIL && is_shell(rt_fetch(query->resultRelation, query->rtable))) {
    List *const kept = without_policies(query->withCheckOptions);
    any = list_length(kept) != list_length(query->withCheckOptions);
    query->withCheckOptions = kept;
  }
  ListCell *cell;
  foreach (cell, query->rtable) {
    auto *entry = lfirst_node(RangeTblEntry, cell);
    if (entry->securityQuals == NIL || !is_shell(entry)) continue;
    entry->securityQuals = NIL;
    any = true;
  }
  return any;
}

SERVER_CODE bool leave_out_below(Node *node, void *any) {
  if (node == nullptr) return false;
  if (!IsA(node, Query)) return pg::walk_below(node, leave_out_below, any);
  auto *query = reinterpret_cast<Query *>(node);
  if (query->hasRowSecurity && leave_out(query)) *static_cast<bool *>(any) = true;
  return pg::walk_query(query, leave_out_below, any);
}

SERVER_CODE void watch_planning() {
  planner_behind = planner_hook;
  planner_hook = [](Query *query, auto... rest) {
    bool any = false;
    if (query->hasRowSecurity && citus_is_loaded()) {
      if (!is_elsewhere()) leave_out_below(reinterpret_cast<Node *>(query), &any);
      refuse_outer_joins(query);  // where they stay: of a table that has shards here, on a worker
    }
    PlannedStmt *plan = (planner_behind != nullptr ? planner_behind : standard_planner)(query, rest...);
    if (any) refuse_scans_of_shells(plan);
    return plan;
  };
}
const pg::startup watching_planning{watch_planning};

}  // namespace
}  // namespace primecloud::tenant
