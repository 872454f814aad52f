#include "tenant/implied_policies.hpp"

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

List *conditions_of(Node *condition) {
  return is_andclause(condition) ? reinterpret_cast<BoolExpr *>(condition)->args : list_make1(condition);
}

SERVER_CODE bool each_is_said(Node *weaker, Node *stronger) {
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

// What any other of a list says as well, by what it has for a condition; of two that say each other the first stays.
template <class F>
SERVER_CODE List *without_implied(List *each, F condition) {
  if (list_length(each) < 2) return each;
  for (int i = list_length(each) - 1; i >= 0; i--) {
    for (int j = 0; j < list_length(each); j++) {
      if (i == j || !condition(list_nth(each, j), list_nth(each, i))) continue;
      each = list_delete_nth_cell(each, i);
      break;
    }
  }
  return each;
}

SERVER_CODE bool condition_says(void *stronger, void *weaker) {
  return each_is_said(static_cast<Node *>(weaker), static_cast<Node *>(stronger));
}

// (A policy that is named in its error is a restrictive one: it stays.)
SERVER_CODE bool check_says(void *stronger, void *weaker) {
  const auto *one = static_cast<WithCheckOption *>(stronger);
  const auto *other = static_cast<WithCheckOption *>(weaker);
  if (one->kind != other->kind || one->kind == WCO_VIEW_CHECK || one->polname != nullptr || other->polname != nullptr)
    return false;
  return each_is_said(other->qual, one->qual);
}

// The least role that is left out is null: the planner would look it up in the catalog for each.
SERVER_CODE void spell_out(Node *condition) {
  const ListCell *cell;
  foreach (cell, conditions_of(condition)) {
    const OpExpr *of_tenant = as_tenant_condition(static_cast<const Node *>(lfirst(cell)));
    if (of_tenant == nullptr) continue;
    auto *key = lsecond_node(FuncExpr, of_tenant->args);
    if (key->args == NIL) key->args = list_make1(makeNullConst(TEXTOID, -1, DEFAULT_COLLATION_OID));
  }
}

SERVER_CODE bool leave_out(Node *node, void *) {
  if (node == nullptr) return false;
  if (!IsA(node, Query)) return pg::walk_below(node, leave_out, nullptr);
  leave_out_implied_policies(reinterpret_cast<Query *>(node));
  return false;
}

}  // namespace

void leave_out_implied_policies(Query *query) {
  if (!query->hasRowSecurity) return;
  query->withCheckOptions = without_implied(query->withCheckOptions, check_says);
  ListCell *cell;
  foreach (cell, query->withCheckOptions) spell_out(lfirst_node(WithCheckOption, cell)->qual);
  bool below = query->hasSubLinks || query->cteList != NIL;
  foreach (cell, query->rtable) {
    auto *entry = lfirst_node(RangeTblEntry, cell);
    entry->securityQuals = without_implied(entry->securityQuals, condition_says);
    const ListCell *each;
    foreach (each, entry->securityQuals) spell_out(static_cast<Node *>(lfirst(each)));
    below = below || entry->rtekind == RTE_SUBQUERY;
  }
  if (below) pg::walk_query(query, leave_out, nullptr);
}

}  // namespace primecloud::tenant
