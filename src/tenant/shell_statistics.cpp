// Statistics of a table whose rows lie on other nodes: what stands here is of the rows that it had before it was
// distributed, and has values of every account.  The server shows them to functions that leak as long as nothing says
// that policies hold; and those of the shell are left out of what is planned here (tenant/policies_elsewhere.cpp).  So
// nothing is planned by them: each shard has its own, and policies beside.
#include "pg/postgres.hpp"
#include "pg/startup.hpp"
#include "tenant/cluster.hpp"
#include "tenant/spread_tables.hpp"

extern "C" {
#include "catalog/index.h"
#include "optimizer/plancat.h"
#include "utils/selfuncs.h"
}

namespace primecloud::tenant {
namespace {

get_relation_stats_hook_type relation_behind = nullptr;
get_index_stats_hook_type index_behind = nullptr;
get_relation_info_hook_type info_behind = nullptr;

SERVER_CODE bool has_no_statistics(Oid table) { return citus_is_loaded() && is_spread_elsewhere(table); }

// (What the server hands over to be filled need not be empty.)
SERVER_CODE bool find_none(VariableStatData *found) {
  found->statsTuple = nullptr;
  found->freefunc = nullptr;
  return true;
}

SERVER_CODE bool of_relation(PlannerInfo *root, RangeTblEntry *entry, AttrNumber column, VariableStatData *found) {
  if (entry->rtekind == RTE_RELATION && has_no_statistics(entry->relid)) return find_none(found);
  return relation_behind != nullptr && relation_behind(root, entry, column, found);
}

SERVER_CODE bool of_index(PlannerInfo *root, Oid index, AttrNumber column, VariableStatData *found) {
  if (citus_is_loaded() && has_no_statistics(IndexGetRelation(index, true))) return find_none(found);
  return index_behind != nullptr && index_behind(root, index, column, found);
}

// Those of several columns.
SERVER_CODE void of_columns(PlannerInfo *root, Oid table, bool has_parts, RelOptInfo *relation) {
  if (info_behind != nullptr) info_behind(root, table, has_parts, relation);
  if (has_no_statistics(table)) relation->statlist = NIL;
}

SERVER_CODE void watch_statistics() {
  relation_behind = get_relation_stats_hook;
  get_relation_stats_hook = of_relation;
  index_behind = get_index_stats_hook;
  get_index_stats_hook = of_index;
  info_behind = get_relation_info_hook;
  get_relation_info_hook = of_columns;
}
const pg::startup watching_statistics{watch_statistics};

}  // namespace
}  // namespace primecloud::tenant
