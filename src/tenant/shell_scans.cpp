#include "tenant/shell_scans.hpp"

#include "tenant/spread_tables.hpp"

extern "C" {
#include "parser/parsetree.h"
}

namespace primecloud::tenant {
namespace {

SERVER_CODE void refuse_table(List *range_table, Index number) {
  const RangeTblEntry *entry = rt_fetch(number, range_table);
  if (entry->rtekind != RTE_RELATION || !is_spread(entry->relid)) return;
  ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
          errmsg("a distributed table under policies is not read without Citus"),
          errhint("Let Citus plan it: its version in this database must be that of the library."));
}

// Each scan of a relation but those that an extension runs begins as Scan does.
bool is_scan(const Plan *plan) noexcept {
  switch (nodeTag(plan)) {
    case T_SeqScan:
    case T_SampleScan:
    case T_IndexScan:
    case T_IndexOnlyScan:
    case T_BitmapIndexScan:
    case T_BitmapHeapScan:
    case T_TidScan:
    case T_TidRangeScan:
    case T_ForeignScan: return true;
    default: return false;
  }
}

SERVER_CODE void look_at(const Plan *plan, List *range_table);

SERVER_CODE void look_at_each(const List *plans, List *range_table) {
  const ListCell *cell;
  foreach (cell, plans) look_at(static_cast<const Plan *>(lfirst(cell)), range_table);
}

SERVER_CODE void look_at_own(const Plan *plan, List *range_table) {
  const ListCell *cell;
  switch (nodeTag(plan)) {
    case T_ModifyTable:
      foreach (cell, reinterpret_cast<const ModifyTable *>(plan)->resultRelations)
        refuse_table(range_table, static_cast<Index>(lfirst_int(cell)));
      break;
    case T_Append: return look_at_each(reinterpret_cast<const Append *>(plan)->appendplans, range_table);
    case T_MergeAppend: return look_at_each(reinterpret_cast<const MergeAppend *>(plan)->mergeplans, range_table);
    case T_BitmapAnd: return look_at_each(reinterpret_cast<const BitmapAnd *>(plan)->bitmapplans, range_table);
    case T_BitmapOr: return look_at_each(reinterpret_cast<const BitmapOr *>(plan)->bitmapplans, range_table);
    case T_SubqueryScan: return look_at(reinterpret_cast<const SubqueryScan *>(plan)->subplan, range_table);
    case T_CustomScan: return look_at_each(reinterpret_cast<const CustomScan *>(plan)->custom_plans, range_table);
    default: break;
  }
}

void look_at(const Plan *plan, List *range_table) {
  if (plan == nullptr) return;
  check_stack_depth();
  if (is_scan(plan)) {
    const Index number = reinterpret_cast<const Scan *>(plan)->scanrelid;
    if (number != 0) refuse_table(range_table, number);
  }
  look_at_own(plan, range_table);
  look_at(plan->lefttree, range_table);
  look_at(plan->righttree, range_table);
}

}  // namespace

void refuse_scans_of_shells(const PlannedStmt *plan) {
  List *const range_table = plan->rtable;
  look_at(plan->planTree, range_table);
  look_at_each(plan->subplans, range_table);
}

}  // namespace primecloud::tenant
