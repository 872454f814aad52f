// Whether an aggregate or a window function may give NULL.
#include "contract/nullability.hpp"

extern "C" {
#include "utils/fmgroids.h"
}

namespace primecloud::contract {

// Of the others the values of their arguments may come: the greatest, one of them, all of them.
SERVER_CODE column_state state_of_aggregate(scope &at, const Aggref *call) {
  if (call->aggfnoid == F_COUNT_ANY || call->aggfnoid == F_COUNT_ || call->aggfnoid == F_REGR_COUNT) return known(true);
  column_state whole;
  const ListCell *cell;
  foreach (cell, call->args)
    whole.flows = list_concat_unique_ptr(
        whole.flows, state_of(at, reinterpret_cast<Node *>(lfirst_node(TargetEntry, cell)->expr)).flows);
  return whole;
}

SERVER_CODE column_state state_of_window(scope &at, const WindowFunc *call) {
  switch (call->winfnoid) {
    case F_COUNT_ANY:
    case F_COUNT_:
    case F_ROW_NUMBER:
    case F_RANK_:
    case F_DENSE_RANK_:
    case F_PERCENT_RANK_:
    case F_CUME_DIST_: return known(true);
    case F_NTILE: return known(state_of(at, static_cast<Node *>(list_nth(call->args, 0))).not_null);
    default: {
      column_state whole = one_of(at, call->args, true);
      whole.not_null = false;
      return whole;
    }
  }
}

}  // namespace primecloud::contract
