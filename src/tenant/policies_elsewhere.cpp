// The policies of a table whose rows lie on other nodes hold where the rows are: what Citus plans here goes there as a
// text, and each shard's own policies are added to it there.  Those of the shell that stands here change no answer, and
// cost each statement that Citus evaluates and copies them.  So a statement about one table is given to it without
// them; and so are joins that would end the process with them (tenant/outer_joins.hpp, local_joins.hpp).  Of several
// tables they stay: by them Citus sees that the tables' rows are of one account, and lie together.
//
// A plan that would read a shell all the same is not run.
#include "pg/postgres.hpp"
#include "pg/server_version_trees.hpp"
#include "pg/startup.hpp"
#include "tenant/cluster.hpp"
#include "tenant/context.hpp"
#include "tenant/implied_policies.hpp"
#include "tenant/known_keys.hpp"
#include "tenant/local_joins.hpp"
#include "tenant/outer_joins.hpp"
#include "tenant/shell_scans.hpp"
#include "tenant/spread_tables.hpp"
#include "tenant/tables_apart.hpp"
#include "tenant/wrapped_tables.hpp"

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
    case WCO_RLS_MERGE_DELETE_CHECK: return true;
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

SERVER_CODE bool count_spread(Node *node, void *count) {
  if (node == nullptr) return false;
  if (IsA(node, RangeTblEntry)) {
    const auto *entry = reinterpret_cast<const RangeTblEntry *>(node);
    // (What ON CONFLICT calls excluded is the same table once more.)
    const bool table = entry->rtekind == RTE_RELATION && entry->relkind != RELKIND_COMPOSITE_TYPE;
    if (table && is_spread(entry->relid)) ++*static_cast<int *>(count);
    return false;
  }
  if (IsA(node, Query)) return pg::walk_query_entries(reinterpret_cast<Query *>(node), count_spread, count);
  return pg::walk_below(node, count_spread, count);
}

// (Without a context there is none to go along: the policies themselves say so, here.)
SERVER_CODE bool goes_without(Query *query) {
  if (current() == nullptr || is_elsewhere()) return false;
  int count = 0;
  count_spread(reinterpret_cast<Node *>(query), &count);
  return count == 1 || (count > 1 && (has_ending_join(query) || has_local_join(query)));
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
  planner_hook = [](Query *query, const char *text, auto... rest) {
    bool any = false, bound = false;
    const std::uint64_t serial = context_serial();
    if (citus_is_loaded()) refuse_wrapped_table(query);
    if (query->hasRowSecurity && citus_is_loaded()) {
      if (goes_without(query)) leave_out_below(reinterpret_cast<Node *>(query), &any);
      if (has_ending_join(query)) refuse_ending_join();  // with a table that has shards here, or on a worker
      put_tables_apart(query);
      bound = simplify_policies(query, is_planned_for_now(text));
    }
    PlannedStmt *plan = (planner_behind != nullptr ? planner_behind : standard_planner)(query, text, rest...);
    if (any) refuse_scans_of_shells(plan);
    if (bound) bind_to_context(plan, serial);
    return plan;
  };
}
const pg::startup watching_planning{watch_planning};

}  // namespace
}  // namespace primecloud::tenant
