#include "contract/nullability.hpp"
#include "pg/server_version_trees.hpp"

extern "C" {
#include "parser/parsetree.h"
}

namespace primecloud::contract {
namespace {

SERVER_CODE column_state of_values(scope &at, const RangeTblEntry *entry, int number) {
  column_state whole;
  bool is_first = true;
  const ListCell *cell;
  foreach (cell, entry->values_lists) {
    const column_state one = state_of(at, static_cast<Node *>(list_nth(lfirst_node(List, cell), number - 1)));
    whole = is_first ? one : either(whole, one);
    is_first = false;
  }
  return whole;
}

// A subquery and a CTE are looked at once, however many of their columns are asked for.
SERVER_CODE column_state looked_up(scope &at, const RangeTblEntry *entry, int at_number, int number) {
  column_states &known = at.looked[at_number];
  if (known.all == nullptr) {
    const column_states found = entry->rtekind == RTE_SUBQUERY
                                    ? columns_of_query(*at.all, entry->subquery, &at, at.assumed)
                                    : columns_of_cte(at, entry);
    known = found.all == nullptr ? make_states(0) : found;
  }
  return nth(known, number);
}

SERVER_CODE column_state of_entry(scope &at, const RangeTblEntry *entry, int at_number, int number) {
  if (Node *grouped = pg::grouped_expression(entry, number)) return state_of(at, grouped);
  switch (entry->rtekind) {
    case RTE_RELATION: return nth(columns_of_relation(*at.all, entry->relid), number);
    case RTE_SUBQUERY:
    case RTE_CTE: return looked_up(at, entry, at_number, number);
    case RTE_JOIN: return state_of(at, static_cast<Node *>(list_nth(entry->joinaliasvars, number - 1)));
    case RTE_VALUES: return of_values(at, entry, number);
    default: return {};
  }
}

// A row itself, or what the server keeps beside it.
column_state of_row(const RangeTblEntry *entry) {
  column_state row;
  row.not_null = entry->rtekind == RTE_RELATION || entry->rtekind == RTE_SUBQUERY;
  return row;
}

}  // namespace

SERVER_CODE column_state state_of_column(scope &from, const Var *column) {
  scope *at = &from;
  for (Index i = 0; i < column->varlevelsup && at != nullptr; i++) at = at->up;
  if (at == nullptr || column->varno <= 0 || column->varno > list_length(at->query->rtable)) return {};
  const RangeTblEntry *entry = rt_fetch(column->varno, at->query->rtable);
  column_state state = column->varattno <= 0 ? of_row(entry) : of_entry(*at, entry, column->varno, column->varattno);
  if (at->can_be_missing[column->varno]) {
    state.made_null = true;
    state.not_null = false;
  }
  if (at->query->groupingSets != NIL) state.not_null = false;
  return state;
}

}  // namespace primecloud::contract
