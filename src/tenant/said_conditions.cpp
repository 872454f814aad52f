#include "tenant/said_conditions.hpp"

#include "tenant/tenant_conditions.hpp"

extern "C" {
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
}

namespace primecloud::tenant {
namespace {

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

bool asks_rows(const Query *query) noexcept {
  return query->commandType == CMD_SELECT || query->commandType == CMD_UPDATE || query->commandType == CMD_DELETE;
}

// column = value, which is asked of a row as often as one likes.
SERVER_CODE bool is_repeated(const Node *condition, const List *said) {
  if (condition == nullptr || !IsA(condition, OpExpr)) return false;
  const List *args = reinterpret_cast<const OpExpr *>(condition)->args;
  return list_length(args) == 2 && IsA(linitial(args), Var) && IsA(lsecond(args), Const) &&
         list_member(said, condition);
}

// What is left of a WHERE; nullptr where nothing is.
SERVER_CODE Node *without(Node *where, const List *said) {
  if (is_repeated(where, said)) return nullptr;
  if (where == nullptr || !is_andclause(where)) return where;
  auto *all = reinterpret_cast<BoolExpr *>(where);
  for (int i = list_length(all->args) - 1; i >= 0 && list_length(all->args) > 1; i--) {
    if (is_repeated(static_cast<const Node *>(list_nth(all->args, i)), said))
      all->args = list_delete_nth_cell(all->args, i);
  }
  return list_length(all->args) == 1 ? without(static_cast<Node *>(linitial(all->args)), said) : where;
}

}  // namespace

bool each_is_said(Node *weaker, Node *stronger) {
  List *const conditions = conditions_of(stronger);
  const ListCell *asked;
  foreach (asked, conditions_of(weaker)) {
    bool said = false;
    const ListCell *cell;
    foreach (cell, conditions)
      said = said || says(static_cast<const Node *>(lfirst(cell)), static_cast<const Node *>(lfirst(asked)));
    if (!said) return false;
  }
  return !contain_volatile_functions(weaker);
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

void leave_out_said_again(Query *query) {
  if (list_length(query->rtable) != 1 || list_length(query->jointree->fromlist) != 1 || !asks_rows(query)) return;
  const ListCell *cell;
  foreach (cell, linitial_node(RangeTblEntry, query->rtable)->securityQuals)
    query->jointree->quals = without(query->jointree->quals, conditions_of(static_cast<Node *>(lfirst(cell))));
}

}  // namespace primecloud::tenant
