#include "tenant/tenant_conditions.hpp"

#include "pg/named_functions.hpp"
#include "pg/startup.hpp"

extern "C" {
#include "nodes/nodeFuncs.h"
}

namespace primecloud::tenant {
namespace {

constexpr std::array of_the_context{
    pg::function_name{"primecloud", "tenant_uuid"},
    pg::function_name{"primecloud", "tenant_bigint"},
    pg::function_name{"primecloud", "tenant_int"},
    pg::function_name{"primecloud", "tenant_text"},
};
pg::named_functions tenant_keys{of_the_context};

SERVER_CODE void watch_tenant_keys() { tenant_keys.watch(); }
const pg::startup watching_tenant_keys{watch_tenant_keys};

// false, or false and something else: the floor of a distributed table, which stands among its policies.
SERVER_CODE bool never_holds(const Node *condition) {
  if (IsA(condition, Const)) {
    const auto *value = reinterpret_cast<const Const *>(condition);
    return value->constisnull || !DatumGetBool(value->constvalue);
  }
  if (!is_andclause(condition)) return false;
  const ListCell *cell;
  foreach (cell, reinterpret_cast<const BoolExpr *>(condition)->args) {
    if (IsA(lfirst(cell), Const) && never_holds(static_cast<const Node *>(lfirst(cell)))) return true;
  }
  return false;
}

// Of alternatives of which one alone may hold, that one; else all of it.
SERVER_CODE Node *what_may_hold(Node *condition) {
  if (!is_orclause(condition)) return condition;
  Node *only = nullptr;
  const ListCell *cell;
  foreach (cell, reinterpret_cast<const BoolExpr *>(condition)->args) {
    auto *each = static_cast<Node *>(lfirst(cell));
    if (never_holds(each)) continue;
    if (only != nullptr) return condition;
    only = each;
  }
  return only == nullptr ? condition : only;
}

}  // namespace

const OpExpr *as_tenant_condition(const Node *condition) {
  if (!IsA(condition, OpExpr)) return nullptr;
  const auto *compared = reinterpret_cast<const OpExpr *>(condition);
  if (list_length(compared->args) != 2 || !IsA(linitial(compared->args), Var) ||
      !IsA(lsecond(compared->args), FuncExpr))
    return nullptr;
  return tenant_keys.find(lsecond_node(FuncExpr, compared->args)->funcid) != nullptr ? compared : nullptr;
}

List *conditions_of(Node *condition) {
  Node *const may_hold = what_may_hold(condition);
  return is_andclause(may_hold) ? reinterpret_cast<BoolExpr *>(may_hold)->args : list_make1(may_hold);
}

}  // namespace primecloud::tenant
