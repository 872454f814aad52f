#include "contract/nullability.hpp"

extern "C" {
#include "access/transam.h"
#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_coerce.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
}

namespace primecloud::contract {

SERVER_CODE column_state known(bool not_null) {
  column_state made;
  made.not_null = not_null;
  return made;
}

// One of several values: NULL if all must be there and one is not, or if none is.
SERVER_CODE column_state one_of(scope &at, const List *values, bool all_must_be) {
  column_state whole = known(all_must_be && values != NIL);
  const ListCell *cell;
  foreach (cell, values) {
    const column_state state = state_of(at, static_cast<Node *>(lfirst(cell)));
    whole.not_null = all_must_be ? whole.not_null && state.not_null : whole.not_null || state.not_null;
    whole.flows = list_concat_unique_ptr(whole.flows, state.flows);
  }
  return whole;
}

namespace {

template <class T>
Node *below(Node *tree) noexcept {
  return reinterpret_cast<Node *>(reinterpret_cast<T *>(tree)->arg);
}

// The value passes, and may become NULL or may not.
SERVER_CODE column_state passed(scope &at, Node *arg, bool keeps_null) {
  column_state state = state_of(at, arg);
  state.source = {};
  state.not_null &= keeps_null;
  state.made_null &= keeps_null;
  return state;
}

SERVER_CODE column_state state_of_case(scope &at, const CaseExpr *choice) {
  column_state whole =
      choice->defresult == nullptr ? known(false) : state_of(at, reinterpret_cast<Node *>(choice->defresult));
  whole.source = {};
  const ListCell *cell;
  foreach (cell, choice->args)
    whole = either(whole, state_of(at, reinterpret_cast<Node *>(lfirst_node(CaseWhen, cell)->result)));
  return whole;
}

SERVER_CODE column_state state_of_sublink(scope &at, const SubLink *link) {
  if (link->subLinkType == EXISTS_SUBLINK) return known(true);
  if (link->subLinkType != EXPR_SUBLINK && link->subLinkType != ARRAY_SUBLINK) return {};
  column_state state = nth(columns_of_query(*at.all, castNode(Query, link->subselect), &at, at.assumed), 1);
  state.source = {};
  state.made_null = false;
  state.not_null = link->subLinkType == ARRAY_SUBLINK;  // of no rows it is an array without elements
  return state;
}

// Whether a cast makes NULL of NULL alone: the server's own, from a number to a number, a text to a text, a time to a
// time. (Of JSON's null others make NULL, and what an extension's function makes is not known.)
SERVER_CODE bool keeps_null(const FuncExpr *call) {
  const Oid given = exprType(static_cast<Node *>(list_nth(call->args, 0)));
  if (call->funcid >= FirstUnpinnedObjectId || given >= FirstUnpinnedObjectId || !func_strict(call->funcid))
    return false;
  const char from = TypeCategory(given);
  return from == TypeCategory(call->funcresulttype) && (from == TYPCATEGORY_NUMERIC || from == TYPCATEGORY_STRING ||
                                                        from == TYPCATEGORY_DATETIME || from == TYPCATEGORY_TIMESPAN);
}

// A function's cast lets the value pass, whatever it makes of it.  (What SQL writes in words of its own, substring(a
// FROM b) or extract(day FROM a), is none, and may make NULL of a value.)
SERVER_CODE column_state state_of_call(scope &at, const FuncExpr *call) {
  const bool is_cast = call->funcformat == COERCE_EXPLICIT_CAST || call->funcformat == COERCE_IMPLICIT_CAST;
  if (!is_cast || call->args == NIL) return {};
  return passed(at, static_cast<Node *>(list_nth(call->args, 0)), keeps_null(call));
}

}  // namespace

SERVER_CODE column_state either(const column_state &a, const column_state &b) {
  column_state whole;
  whole.not_null = a.not_null && b.not_null;
  whole.made_null = a.made_null || b.made_null;
  if (a.source.relation == b.source.relation && a.source.number == b.source.number) whole.source = a.source;
  whole.flows = list_concat_unique_ptr(list_copy(a.flows), b.flows);
  return whole;
}

SERVER_CODE column_state state_of(scope &at, Node *tree) {
  check_stack_depth();
  if (tree == nullptr) return {};
  switch (nodeTag(tree)) {
    case T_Var: return state_of_column(at, reinterpret_cast<Var *>(tree));
    case T_Const: {
      column_state made = known(!reinterpret_cast<Const *>(tree)->constisnull);
      made.made_null = !made.not_null;
      return made;
    }
    case T_RelabelType: return passed(at, below<RelabelType>(tree), true);
    case T_CollateExpr: return passed(at, below<CollateExpr>(tree), true);
    case T_CoerceToDomain: return passed(at, below<CoerceToDomain>(tree), true);
    case T_ConvertRowtypeExpr: return passed(at, below<ConvertRowtypeExpr>(tree), true);
    case T_ArrayCoerceExpr: return passed(at, below<ArrayCoerceExpr>(tree), true);
    case T_CoerceViaIO: return passed(at, below<CoerceViaIO>(tree), false);
    case T_FuncExpr: return state_of_call(at, reinterpret_cast<FuncExpr *>(tree));
    case T_CoalesceExpr: return one_of(at, reinterpret_cast<CoalesceExpr *>(tree)->args, false);
    case T_MinMaxExpr: return one_of(at, reinterpret_cast<MinMaxExpr *>(tree)->args, false);
    case T_CaseExpr: return state_of_case(at, reinterpret_cast<CaseExpr *>(tree));
    case T_Aggref: return state_of_aggregate(at, reinterpret_cast<Aggref *>(tree));
    case T_WindowFunc: return state_of_window(at, reinterpret_cast<WindowFunc *>(tree));
    case T_SubLink: return state_of_sublink(at, reinterpret_cast<SubLink *>(tree));
    case T_BoolExpr: return known(one_of(at, reinterpret_cast<BoolExpr *>(tree)->args, true).not_null);
    case T_ArrayExpr: {
      column_state whole = one_of(at, reinterpret_cast<ArrayExpr *>(tree)->elements, true);
      whole.not_null = true;
      return whole;
    }
    case T_NullTest:
    case T_BooleanTest:
    case T_DistinctExpr:
    case T_GroupingFunc:
    case T_RowExpr: return known(true);
    default: return {};
  }
}

}  // namespace primecloud::contract
