#include "tenant/lent_code.hpp"

#include "tenant/acting_function.hpp"

extern "C" {
#include "nodes/nodeFuncs.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
#include "utils/syscache.h"
}

namespace primecloud::tenant {
namespace {

struct search {
  bool trusted;
  lent_code found;
};

bool has_found(search &s, decltype(lent_code::what) what, const char *name, Oid role = InvalidOid) {
  s.found.what = what;
  s.found.role = role;
  s.found.name = name;
  return true;
}

SERVER_CODE bool function_is_lent(search &s, Oid function, bool called) {
  HeapTuple row = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
  if (!HeapTupleIsValid(row)) elog(ERROR, "cache lookup failed for function %u", function);
  const auto *facts = reinterpret_cast<Form_pg_proc>(GETSTRUCT(row));
  const Oid owner = facts->proowner;
  const bool active = acts(*facts, called);
  ReleaseSysCache(row);
  if (is_lesser(owner)) return has_found(s, lent_code::of_role, format_procedure(function), owner);
  return active && !s.trusted && has_found(s, lent_code::action, format_procedure(function));
}

SERVER_CODE bool operator_is_lent(Oid function, void *context) {
  return function_is_lent(*static_cast<search *>(context), function, false);
}

// A domain runs its checks where a value becomes one, a range its functions, a composite those
// of its columns.  A label of an enum runs nothing, but for a function that looks for casts.
SERVER_CODE bool type_is_lent(search &s, Oid type, bool argument) {
  const Oid element = get_element_type(type);
  HeapTuple row = SearchSysCache1(TYPEOID, ObjectIdGetDatum(OidIsValid(element) ? element : type));
  if (!HeapTupleIsValid(row)) elog(ERROR, "cache lookup failed for type %u", type);
  const auto *facts = reinterpret_cast<Form_pg_type>(GETSTRUCT(row));
  const Oid owner = facts->typowner;
  const bool label = facts->typtype == TYPTYPE_ENUM;
  ReleaseSysCache(row);
  if ((label && !argument) || !is_lesser(owner)) return false;
  return has_found(s, lent_code::of_role, format_type_be(type), owner);
}

SERVER_CODE bool arguments_are_lent(search &s, const List *arguments) {
  const ListCell *cell;
  foreach (cell, arguments) {
    if (type_is_lent(s, exprType(static_cast<Node *>(lfirst(cell))), true)) return true;
  }
  return false;
}

// What a node itself runs.
SERVER_CODE bool node_is_lent(search &s, Node *node) {
  switch (nodeTag(node)) {
    case T_FuncExpr: {
      const auto *call = castNode(FuncExpr, node);
      return function_is_lent(s, call->funcid, true) || arguments_are_lent(s, call->args);
    }
    case T_OpExpr:
    case T_DistinctExpr:
    case T_NullIfExpr: {  // one shape
      auto *call = reinterpret_cast<OpExpr *>(node);
      set_opfuncid(call);
      return function_is_lent(s, call->opfuncid, false);
    }
    case T_ScalarArrayOpExpr: {
      auto *call = castNode(ScalarArrayOpExpr, node);
      set_sa_opfuncid(call);
      return function_is_lent(s, call->opfuncid, false);
    }
    case T_RowExpr: return arguments_are_lent(s, castNode(RowExpr, node)->args);
    case T_Var:
    case T_Const:
    case T_BoolExpr:
    case T_NamedArgExpr:
    case T_SubscriptingRef:
    case T_RelabelType:
    case T_CoerceViaIO:
    case T_ArrayCoerceExpr:
    case T_CoerceToDomain:
    case T_CaseExpr:
    case T_CaseTestExpr:
    case T_ArrayExpr:
    case T_CoalesceExpr:
    case T_MinMaxExpr:
    case T_SQLValueFunction:
    case T_NullTest:
    case T_BooleanTest:
    case T_CollateExpr: return false;
    default:
      return s.trusted ? check_functions_in_node(node, operator_is_lent, &s) : has_found(s, lent_code::other, nullptr);
  }
}

// A stored value of a domain is looked at as one of its base type: nothing of the domain's runs.
bool looks_at_column(Node *node) noexcept {
  const Node *below = IsA(node, RelabelType) ? reinterpret_cast<Node *>(castNode(RelabelType, node)->arg)
                      : IsA(node, NullTest)  ? reinterpret_cast<Node *>(castNode(NullTest, node)->arg)
                                             : nullptr;
  return below != nullptr && IsA(below, Var) && reinterpret_cast<const Var *>(below)->varattno > 0;
}

SERVER_CODE bool is_lent(Node *node, void *context) {
  auto &s = *static_cast<search *>(context);
  if (node == nullptr) return false;
  if (IsA(node, SubLink) || IsA(node, Query)) return has_found(s, lent_code::query, nullptr);
  if (IsA(node, List) || IsA(node, CaseWhen)) return pg::walk_below(node, is_lent, context);
  if (node_is_lent(s, node) || type_is_lent(s, exprType(node), false)) return true;
  return !looks_at_column(node) && pg::walk_below(node, is_lent, context);
}

}  // namespace

bool is_lesser(Oid role) { return !superuser_arg(role) && !has_privs_of_role(role, GetUserId()); }

lent_code find_lent_code(Node *expression, bool trusted) {
  search s{trusted, {}};
  is_lent(expression, &s);
  return s.found;
}

}  // namespace primecloud::tenant
