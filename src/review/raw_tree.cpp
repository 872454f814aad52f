#include "review/raw_walk.hpp"

#include "core/review/fold.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "catalog/pg_proc.h"
#include "nodes/parsenodes.h"
#include "nodes/primnodes.h"
#include "nodes/value.h"
#include "utils/builtins.h"
#include "utils/catcache.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
}

namespace primecloud::review {
namespace {

SERVER_CODE const node *raw_constant(raw_walk &w, const A_Const *c) {
  if (c->isnull) return new_node(w.to, kind::nothing);
  const bool truth = IsA(&c->val, Boolean);
  node *made = new_node(w.to, truth ? kind::truth : kind::literal);
  if (truth) {
    made->number = boolVal(&c->val);
  } else if (IsA(&c->val, Integer)) {
    made->number = integer_literal;
    made->text = psprintf("%d", intVal(&c->val));
  } else {
    made->number = IsA(&c->val, String) ? text_literal : other_literal;
    made->text = IsA(&c->val, String) ? strVal(&c->val) : IsA(&c->val, Float) ? castNode(Float, &c->val)->fval : "bits";
  }
  return made;
}

SERVER_CODE const node *raw_parameter(raw_walk &w, int number) {
  return number > 0 && number <= w.to.parameter_count ? met_again(w.to, w.to.parameters[number - 1]) : give_up(w);
}

// A name is a parameter: there is no FROM.
SERVER_CODE const node *raw_name(raw_walk &w, const ColumnRef *column) {
  if (!IsA(llast(column->fields), String)) return give_up(w);
  const char *name = strVal(llast(column->fields));
  HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(w.function));
  if (!HeapTupleIsValid(tuple)) return give_up(w);
  char **names;
  Oid *types;
  char *modes;
  const int count = get_func_arg_info(tuple, &types, &names, &modes);
  ReleaseSysCache(tuple);
  for (int i = 0; i < count && names != nullptr; i++)
    if (strcmp(names[i], name) == 0) return raw_parameter(w, i + 1);
  return give_up(w);
}

// By the last of its name, and the schema where it is said: of several the first that takes so many.
SERVER_CODE Oid function_named(List *name, int arguments) {
  const char *schema = list_length(name) > 1 ? strVal(list_nth(name, list_length(name) - 2)) : nullptr;
  const Oid space = schema == nullptr ? InvalidOid : get_namespace_oid(schema, true);
  Oid found = InvalidOid;
  CatCList *list = SearchSysCacheList1(PROCNAMEARGSNSP, CStringGetDatum(strVal(llast(name))));
  for (int i = 0; i < list->n_members && !OidIsValid(found); i++) {
    const auto *row = reinterpret_cast<const FormData_pg_proc *>(GETSTRUCT(&list->members[i]->tuple));
    const bool takes = row->pronargs >= arguments && row->pronargs - row->pronargdefaults <= arguments;
    if (takes && (schema == nullptr || row->pronamespace == space)) found = row->oid;
  }
  ReleaseSysCacheList(list);
  return found;
}

SERVER_CODE const node *raw_call(raw_walk &w, const FuncCall *call) {
  const Oid function = function_named(call->funcname, list_length(call->args));
  if (!OidIsValid(function) || call->over != nullptr || call->agg_star) return give_up(w);
  return call_node(w.to, facts_of(*w.to.book, function), walk_raw_list(w, call->args));
}

}  // namespace

SERVER_CODE const node *give_up(raw_walk &w) {
  w.failed = true;
  return opaque(w.to, "?", NIL);
}

SERVER_CODE List *walk_raw_list(raw_walk &w, List *each) {
  List *made = NIL;
  ListCell *cell;
  foreach (cell, each) made = lappend(made, const_cast<node *>(walk_raw(w, static_cast<Node *>(lfirst(cell)))));
  return made;
}

SERVER_CODE const node *walk_raw(raw_walk &w, Node *n) {
  check_stack_depth();
  if (n == nullptr || w.failed || w.to.left <= 0) return give_up(w);
  switch (nodeTag(n)) {
    case T_A_Const: return raw_constant(w, castNode(A_Const, n));
    case T_ParamRef: return raw_parameter(w, castNode(ParamRef, n)->number);
    case T_ColumnRef: return raw_name(w, castNode(ColumnRef, n));
    case T_TypeCast: return raw_cast(w, castNode(TypeCast, n));
    case T_FuncCall: return raw_call(w, castNode(FuncCall, n));
    case T_A_Expr: return raw_operator(w, castNode(A_Expr, n));
    case T_CoalesceExpr: return new_node(w.to, kind::first, walk_raw_list(w, castNode(CoalesceExpr, n)->args));
    case T_SubLink: return raw_sublink(w, castNode(SubLink, n));
    case T_SQLValueFunction: return walk_tree(w.to, n);
    case T_BoolExpr: {
      const auto *said = castNode(BoolExpr, n);
      const kind is = said->boolop == AND_EXPR ? kind::both : said->boolop == OR_EXPR ? kind::either : kind::negation;
      return new_node(w.to, is, walk_raw_list(w, said->args));
    }
    case T_NullTest: {
      node *made =
          new_node(w.to, kind::is_null,
                   list_make1(const_cast<node *>(walk_raw(w, reinterpret_cast<Node *>(castNode(NullTest, n)->arg)))));
      made->negated = castNode(NullTest, n)->nulltesttype == IS_NOT_NULL;
      return made;
    }
    default: return give_up(w);
  }
}

SERVER_CODE const node *walk_raw_body(tree_walk &w, const function_facts *facts) {
  const auto *select = castNode(SelectStmt, facts->raw);
  if (select->fromClause != NIL || select->whereClause != nullptr || select->op != SETOP_NONE ||
      select->valuesLists != NIL || list_length(select->targetList) != 1)
    return nullptr;
  raw_walk raw{w, facts->oid};
  const node *made = walk_raw(raw, linitial_node(ResTarget, select->targetList)->val);
  return raw.failed ? nullptr : made;
}

}  // namespace primecloud::review
