#include "review/tree_walk.hpp"
#include "pg/c_string.hpp"

extern "C" {
#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "nodes/primnodes.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
}

namespace primecloud::review {
namespace {

SERVER_CODE const node *walk_boolean(tree_walk &w, const BoolExpr *n) {
  const kind is = n->boolop == AND_EXPR ? kind::both : n->boolop == OR_EXPR ? kind::either : kind::negation;
  return new_node(w, is, walk_list(w, n->args));
}

SERVER_CODE const node *walk_test(tree_walk &w, const BooleanTest *n) {
  List *below = list_make1(const_cast<node *>(walk_tree(w, reinterpret_cast<Node *>(n->arg))));
  const bool of_null = n->booltesttype == IS_UNKNOWN || n->booltesttype == IS_NOT_UNKNOWN;
  node *made = new_node(w, of_null ? kind::is_null : kind::is_true, below);
  made->negated =
      n->booltesttype == IS_NOT_TRUE || n->booltesttype == IS_NOT_FALSE || n->booltesttype == IS_NOT_UNKNOWN;
  made->number = n->booltesttype == IS_TRUE || n->booltesttype == IS_NOT_TRUE;
  return made;
}

SERVER_CODE const node *walk_case(tree_walk &w, const CaseExpr *n) {
  const node *around = w.case_value;
  if (n->arg != nullptr) w.case_value = walk_tree(w, reinterpret_cast<Node *>(n->arg));
  List *below = NIL;
  ListCell *cell;
  foreach (cell, n->args) {
    const auto *when = lfirst_node(CaseWhen, cell);
    below = lappend(below, const_cast<node *>(walk_tree(w, reinterpret_cast<Node *>(when->expr))));
    below = lappend(below, const_cast<node *>(walk_tree(w, reinterpret_cast<Node *>(when->result))));
  }
  const node *last =
      n->defresult == nullptr ? new_node(w, kind::nothing) : walk_tree(w, reinterpret_cast<Node *>(n->defresult));
  w.case_value = around;
  return new_node(w, kind::choice, lappend(below, const_cast<node *>(last)));
}

// Its value is that of what it is of, but what the domain refuses.
SERVER_CODE const node *walk_domain(tree_walk &w, const CoerceToDomain *n) {
  const node *below = walk_tree(w, reinterpret_cast<Node *>(n->arg));
  auto *made = static_cast<node *>(palloc(sizeof(node)));
  *made = *below;
  made->more = psprintf("%s::%s", pg::c_string(below->more), format_type_be(n->resulttype));
  return made;
}

SERVER_CODE const node *walk_value_function(tree_walk &w, const SQLValueFunction *n) {
  const char *name = n->op == SVFOP_SESSION_USER                          ? "SESSION_USER"
                     : n->op == SVFOP_CURRENT_ROLE                        ? "CURRENT_ROLE"
                     : n->op == SVFOP_CURRENT_USER || n->op == SVFOP_USER ? "CURRENT_USER"
                                                                          : nullptr;
  if (name == nullptr) return digested(w, opaque(w, "current_time", NIL), n);
  node *made = new_node(w, kind::context);
  made->text = name;
  made->flags = role_name | person;
  return made;
}

SERVER_CODE const node *walk_parameter(tree_walk &w, const Param *n) {
  if (n->paramkind == PARAM_EXTERN && n->paramid > 0 && n->paramid <= w.parameter_count)
    return met_again(w, w.parameters[n->paramid - 1]);
  return opaque(w, psprintf("parameter_%d", n->paramid), NIL);
}

SERVER_CODE const node *walk_array(tree_walk &w, const ArrayExpr *n) {
  List *below = walk_list(w, n->elements);
  if (n->multidims) return opaque(w, "array", below);
  node *made = new_node(w, kind::list, below);
  if (below == NIL) made->more = format_type_be(n->array_typeid);
  return made;
}

SERVER_CODE const node *walk_subscript(tree_walk &w, const SubscriptingRef *n) {
  List *below = list_make1(const_cast<node *>(walk_tree(w, reinterpret_cast<Node *>(n->refexpr))));
  below = list_concat(below, walk_list(w, n->refupperindexpr));
  node *made = const_cast<node *>(digested(w, opaque(w, "subscript", below), n));
  if (n->refcontainertype == JSONBOID) made->flags |= json_step;
  return made;
}

}  // namespace

SERVER_CODE const node *walk_tree(tree_walk &w, Node *n) {
  check_stack_depth();
  CHECK_FOR_INTERRUPTS();
  if (n == nullptr) return new_node(w, kind::nothing);
  if (w.left <= 0) return digested(w, opaque(w, "too_much_to_read", NIL), n);
  switch (nodeTag(n)) {
    case T_Const: return walk_constant(w, castNode(Const, n));
    case T_Var: return walk_column(w, castNode(Var, n));
    case T_Param: return walk_parameter(w, castNode(Param, n));
    case T_FuncExpr: return walk_call(w, castNode(FuncExpr, n));
    case T_OpExpr:
    case T_DistinctExpr:
    case T_NullIfExpr: return walk_operator(w, n);
    case T_ScalarArrayOpExpr: return walk_array_operator(w, castNode(ScalarArrayOpExpr, n));
    case T_BoolExpr: return walk_boolean(w, castNode(BoolExpr, n));
    case T_BooleanTest: return walk_test(w, castNode(BooleanTest, n));
    case T_NullTest: {
      const auto *test = castNode(NullTest, n);
      node *made =
          new_node(w, kind::is_null, list_make1(const_cast<node *>(walk_tree(w, reinterpret_cast<Node *>(test->arg)))));
      made->negated = test->nulltesttype == IS_NOT_NULL;
      if (test->argisrow) made->more = "row";
      return made;
    }
    case T_CaseExpr: return walk_case(w, castNode(CaseExpr, n));
    case T_CaseTestExpr: return w.case_value != nullptr ? met_again(w, w.case_value) : opaque(w, "case_value", NIL);
    case T_CoalesceExpr: return new_node(w, kind::first, walk_list(w, castNode(CoalesceExpr, n)->args));
    case T_SQLValueFunction: return walk_value_function(w, castNode(SQLValueFunction, n));
    case T_RelabelType: return walk_label(w, castNode(RelabelType, n));
    case T_CollateExpr: return walk_tree(w, reinterpret_cast<Node *>(castNode(CollateExpr, n)->arg));
    case T_CoerceToDomain: return walk_domain(w, castNode(CoerceToDomain, n));
    case T_CoerceViaIO: {
      const auto *coercion = castNode(CoerceViaIO, n);
      return walk_cast(w, n, reinterpret_cast<Node *>(coercion->arg), coercion->resulttype);
    }
    case T_ArrayCoerceExpr: {
      const auto *coercion = castNode(ArrayCoerceExpr, n);
      return walk_cast(w, n, reinterpret_cast<Node *>(coercion->arg), coercion->resulttype);
    }
    case T_ArrayExpr: return walk_array(w, castNode(ArrayExpr, n));
    case T_SubscriptingRef: return walk_subscript(w, castNode(SubscriptingRef, n));
    case T_SubLink: return walk_sublink(w, castNode(SubLink, n));
    case T_TargetEntry: return walk_tree(w, reinterpret_cast<Node *>(castNode(TargetEntry, n)->expr));
    case T_List: return opaque(w, "list", walk_list(w, castNode(List, n)));
    case T_Query: return digested(w, opaque(w, "query", NIL), n);
    default: return walk_other(w, n);
  }
}

}  // namespace primecloud::review
