#include "tenant/said_conditions.hpp"

#include "pg/named_functions.hpp"
#include "pg/startup.hpp"

extern "C" {
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
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

// column = tenant_...(role); else nullptr.
SERVER_CODE const OpExpr *as_tenant_condition(const Node *condition) {
  if (!IsA(condition, OpExpr)) return nullptr;
  const auto *compared = reinterpret_cast<const OpExpr *>(condition);
  if (list_length(compared->args) != 2 || !IsA(linitial(compared->args), Var) ||
      !IsA(lsecond(compared->args), FuncExpr))
    return nullptr;
  return tenant_keys.find(lsecond_node(FuncExpr, compared->args)->funcid) != nullptr ? compared : nullptr;
}

// Without a least role, or with one that is null.
bool for_any_role(const FuncExpr *call) noexcept {
  if (call->args == NIL) return true;
  return list_length(call->args) == 1 && IsA(linitial(call->args), Const) &&
         linitial_node(Const, call->args)->constisnull;
}

// Below its least role tenant_...() is null, which is equal to nothing; above, it is what it is without one.  (Both
// raise the same error without a context.)
SERVER_CODE bool says(const Node *stronger, const Node *weaker) {
  if (equal(stronger, weaker)) return true;
  const OpExpr *one = as_tenant_condition(stronger);
  const OpExpr *other = as_tenant_condition(weaker);
  if (one == nullptr || other == nullptr || one->opno != other->opno || one->inputcollid != other->inputcollid)
    return false;
  const auto *key = lsecond_node(FuncExpr, one->args);
  const auto *any_key = lsecond_node(FuncExpr, other->args);
  return key->funcid == any_key->funcid && for_any_role(any_key) && equal(linitial(one->args), linitial(other->args));
}

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

SERVER_CODE List *conditions_of(Node *condition) {
  Node *const may_hold = what_may_hold(condition);
  return is_andclause(may_hold) ? reinterpret_cast<BoolExpr *>(may_hold)->args : list_make1(may_hold);
}

}  // namespace

bool each_is_said(Node *weaker, Node *stronger) {
  if (contain_volatile_functions(weaker)) return false;
  List *const conditions = conditions_of(stronger);
  const ListCell *asked;
  foreach (asked, conditions_of(weaker)) {
    bool said = false;
    const ListCell *cell;
    foreach (cell, conditions)
      said = said || says(static_cast<const Node *>(lfirst(cell)), static_cast<const Node *>(lfirst(asked)));
    if (!said) return false;
  }
  return true;
}

void spell_out(Node *condition) {
  const ListCell *cell;
  foreach (cell, conditions_of(condition)) {
    const OpExpr *of_tenant = as_tenant_condition(static_cast<const Node *>(lfirst(cell)));
    if (of_tenant == nullptr) continue;
    auto *key = lsecond_node(FuncExpr, of_tenant->args);
    if (key->args == NIL) key->args = list_make1(makeNullConst(TEXTOID, -1, DEFAULT_COLLATION_OID));
  }
}

}  // namespace primecloud::tenant
