#include "contract/nullability.hpp"

extern "C" {
#include "nodes/nodeFuncs.h"
#include "parser/parsetree.h"
}

namespace primecloud::contract {
namespace {

// Notes what stands below the side of an outer join that is filled with NULLs.
SERVER_CODE void note_missing(const Node *tree, bool *can_be_missing, bool is_below) {
  if (tree == nullptr) return;
  check_stack_depth();
  if (IsA(tree, RangeTblRef)) {
    can_be_missing[reinterpret_cast<const RangeTblRef *>(tree)->rtindex] |= is_below;
  } else if (IsA(tree, FromExpr)) {
    const ListCell *cell;
    foreach (cell, reinterpret_cast<const FromExpr *>(tree)->fromlist)
      note_missing(static_cast<Node *>(lfirst(cell)), can_be_missing, is_below);
  } else if (IsA(tree, JoinExpr)) {
    const auto *join = reinterpret_cast<const JoinExpr *>(tree);
    const bool left = join->jointype == JOIN_RIGHT || join->jointype == JOIN_FULL;
    const bool right = join->jointype == JOIN_LEFT || join->jointype == JOIN_FULL;
    note_missing(join->larg, can_be_missing, is_below || left);
    note_missing(join->rarg, can_be_missing, is_below || right);
    if (join->rtindex != 0) can_be_missing[join->rtindex] |= is_below;
  }
}

SERVER_CODE column_states joined(scope &at, const Node *arm) {
  check_stack_depth();
  if (IsA(arm, RangeTblRef)) {
    const RangeTblEntry *entry = rt_fetch(reinterpret_cast<const RangeTblRef *>(arm)->rtindex, at.query->rtable);
    return columns_of_query(*at.all, entry->subquery, &at, at.assumed);
  }
  const auto *both = castNode(SetOperationStmt, const_cast<Node *>(arm));
  const column_states left = joined(at, both->larg), right = joined(at, both->rarg);
  column_states whole = make_states(left.count < right.count ? left.count : right.count);
  for (int i = 0; i < whole.count; i++) whole.all[i] = either(left.all[i], right.all[i]);
  return whole;
}

bool is_grouped(const Query *query, const TargetEntry *entry) {
  const ListCell *cell;
  foreach (cell, query->groupClause) {
    if (lfirst_node(SortGroupClause, cell)->tleSortGroupRef == entry->ressortgroupref) return true;
  }
  return false;
}

bool is_same(const column_states &a, const column_states &b) {
  for (int i = 0; i < a.count && i < b.count; i++) {
    if (a.all[i].not_null != b.all[i].not_null || list_length(a.all[i].flows) != list_length(b.all[i].flows))
      return false;
  }
  return true;
}

// What a recursive query's first rows are is assumed of all, until no term makes it less.
SERVER_CODE column_states recursive(scope &at, const CommonTableExpr *cte, const Query *query) {
  scope within = scope_of(*at.all, query, &at, at.assumed);
  column_states columns = joined(within, castNode(SetOperationStmt, query->setOperations)->larg);
  for (int i = 0; i < columns.count; i++) columns.all[i].source = {};
  while (true) {
    assumption assumed{cte, columns, at.assumed};
    const column_states found = columns_of_query(*at.all, query, &at, &assumed);
    column_states whole = make_states(columns.count);
    for (int i = 0; i < whole.count; i++) {
      whole.all[i] = either(columns.all[i], nth(found, i + 1));
      whole.all[i].source = {};
    }
    if (is_same(whole, columns)) return whole;
    columns = whole;
  }
}

}  // namespace

SERVER_CODE scope scope_of(walk &all, const Query *query, scope *up, assumption *assumed) {
  const auto size = static_cast<size_t>(list_length(query->rtable)) + 1;
  scope made{&all, query, up, nullptr, nullptr, assumed};
  made.can_be_missing = static_cast<bool *>(palloc0(sizeof(bool) * size));
  made.looked = static_cast<column_states *>(palloc0(sizeof(column_states) * size));
  note_missing(reinterpret_cast<const Node *>(query->jointree), made.can_be_missing, false);
  return made;
}

SERVER_CODE column_states columns_of_query(walk &all, const Query *query, scope *up, assumption *assumed) {
  check_stack_depth();
  scope at = scope_of(all, query, up, assumed);
  if (query->setOperations != nullptr) return joined(at, query->setOperations);
  column_states found = make_states(list_length(results_of(query)));
  found.count = 0;
  const ListCell *cell;
  foreach (cell, results_of(query)) {
    const auto *entry = lfirst_node(TargetEntry, cell);
    if (entry->resjunk) continue;
    column_state state = state_of(at, reinterpret_cast<Node *>(entry->expr));
    if (query->groupingSets != NIL && is_grouped(query, entry)) state.not_null = false;
    found.all[found.count++] = state;
  }
  return found;
}

SERVER_CODE column_states columns_of_cte(scope &at, const RangeTblEntry *entry) {
  scope *level = &at;
  for (Index i = 0; i < entry->ctelevelsup && level != nullptr; i++) level = level->up;
  if (level == nullptr) return {};
  const ListCell *cell;
  foreach (cell, level->query->cteList) {
    const auto *cte = lfirst_node(CommonTableExpr, cell);
    if (strcmp(cte->ctename, entry->ctename) != 0) continue;
    for (const assumption *assumed = at.assumed; assumed != nullptr; assumed = assumed->next) {
      if (assumed->of == cte) return assumed->columns;
    }
    const auto *query = castNode(Query, cte->ctequery);
    if (!cte->cterecursive || query->setOperations == nullptr)
      return columns_of_query(*at.all, query, level, at.assumed);
    level->assumed = at.assumed;
    return recursive(*level, cte, query);
  }
  return {};
}

}  // namespace primecloud::contract
