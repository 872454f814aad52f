#include "tenant/caller_policies.hpp"

#include "pg/role_name.hpp"
#include "tenant/lent_code.hpp"
#include "tenant/plain_select.hpp"
#include "tenant/plain_value.hpp"

extern "C" {
#include "nodes/makefuncs.h"
#include "optimizer/optimizer.h"
#include "rewrite/rowsecurity.h"
}

namespace primecloud::tenant {
namespace {

SERVER_CODE List *conditions_of(Relation table) {
  auto *entry = makeNode(RangeTblEntry);
  entry->rtekind = RTE_RELATION;
  entry->relid = RelationGetRelid(table);
  entry->relkind = table->rd_rel->relkind;
  entry->rellockmode = AccessShareLock;
  auto *query = makeNode(Query);
  pg::select_from(query, entry);
  List *conditions = NIL, *checks = NIL;
  bool has_policies, has_queries;
  get_row_security_policies(query, entry, 1, &conditions, &checks, &has_policies, &has_queries);
  return conditions;
}

// The policy that such code is in.
SERVER_CODE const char *policy_with(Relation table, const lent_code &code, bool trusted) {
  const ListCell *cell;
  foreach (cell, table->rd_rsdesc->policies) {
    const auto *policy = static_cast<const RowSecurityPolicy *>(lfirst(cell));
    if (policy->polcmd != '*' && policy->polcmd != ACL_SELECT_CHR) continue;
    if (find_lent_code(without_plain_selects(reinterpret_cast<Node *>(policy->qual)), trusted).what == code.what)
      return policy->policy_name;
  }
  return "of an extension";
}

[[noreturn, gnu::cold]] SERVER_CODE void refuse(Relation table, const lent_code &code, bool trusted) {
  const char *policy = policy_with(table, code, trusted);
  const char *relation = RelationGetRelationName(table);
  const char *hint =
      "If you trust what the policy does, read the row by a SELECT of your own, and pass its envelope to "
      "primecloud.open().";
  switch (code.what) {
    case lent_code::of_role:
      ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
              errmsg("policy \"%s\" of table \"%s\" would run code of role \"%s\" with your rights", policy, relation,
                     pg::role_name(code.role)),
              errdetail("%s is that role's.", code.name), errhint("%s", hint));
      break;
    case lent_code::action:
      ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
              errmsg("policy \"%s\" of table \"%s\" calls %s, which may do more than look at a row", policy, relation,
                     code.name),
              errhint("%s", hint));
      break;
    case lent_code::query:
      ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
              errmsg("policy \"%s\" of table \"%s\" reads tables", policy, relation), errhint("%s", hint));
      break;
    default:
      ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
              errmsg("policy \"%s\" of table \"%s\" has an expression that is not evaluated outside a query", policy,
                     relation),
              errhint("%s", hint));
  }
  pg_unreachable();
}

Node *without_relabel(Node *node) noexcept {
  while (node != nullptr && IsA(node, RelabelType)) node = reinterpret_cast<Node *>(castNode(RelabelType, node)->arg);
  return node;
}

bool is_column(Node *node, AttrNumber number) noexcept {
  const Node *below = without_relabel(node);
  return below != nullptr && IsA(below, Var) && reinterpret_cast<const Var *>(below)->varattno == number;
}

// The other side of `column = value`; nullptr for any other condition.
SERVER_CODE Node *value_of(Node *condition, AttrNumber number, Oid type) {
  if (!IsA(condition, OpExpr)) return nullptr;
  auto *equality = castNode(OpExpr, condition);
  set_opfuncid(equality);
  if (equality->opfuncid != plain_equality(type)) return nullptr;
  auto *left = static_cast<Node *>(linitial(equality->args)), *right = static_cast<Node *>(lsecond(equality->args));
  Node *value = is_column(left, number) ? right : is_column(right, number) ? left : nullptr;
  return value == nullptr || contain_var_clause(value) || contain_volatile_functions(value) ? nullptr : value;
}

}  // namespace

caller_policies policies_of_caller(Relation table) {
  caller_policies policies;
  policies.table = table;
  const bool trusted = !is_lesser(table->rd_rel->relowner);
  const ListCell *cell;
  foreach (cell, conditions_of(table)) {
    Node *condition = without_plain_selects(static_cast<Node *>(lfirst(cell)));
    const lent_code code = find_lent_code(condition, trusted);
    if (code.what != lent_code::none) refuse(table, code, trusted);
    policies.conditions = lappend(policies.conditions, condition);
  }
  if (policies.conditions == NIL) return policies;
  policies.state = CreateExecutorState();
  policies.prepared = ExecPrepareQual(policies.conditions, policies.state);
  return policies;
}

bool lets_read(caller_policies &policies, TupleTableSlot *row) {
  if (policies.state == nullptr) return true;
  ExprContext *context = GetPerTupleExprContext(policies.state);
  context->ecxt_scantuple = row;
  const bool lets = ExecQual(policies.prepared, context);
  ResetExprContext(context);
  return lets;
}

bool required_value(caller_policies &policies, AttrNumber number, Oid type, NullableDatum *value) {
  const ListCell *cell;
  foreach (cell, policies.conditions) {
    Node *found = value_of(static_cast<Node *>(lfirst(cell)), number, type);
    if (found == nullptr) continue;
    ExprState *state = ExecPrepareExpr(reinterpret_cast<Expr *>(found), policies.state);
    value->value = ExecEvalExpr(state, CreateExprContext(policies.state), &value->isnull);
    return true;
  }
  return false;
}

void end_policies(caller_policies &policies) {
  if (policies.state != nullptr) FreeExecutorState(policies.state);
  policies.state = nullptr;
}

}  // namespace primecloud::tenant
