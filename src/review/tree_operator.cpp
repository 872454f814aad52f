// Operators and calls.
#include "pg/c_string.hpp"
#include "review/tree_walk.hpp"

extern "C" {
#include "access/htup_details.h"
#include "access/stratnum.h"
#include "access/transam.h"
#include "catalog/pg_am.h"
#include "catalog/pg_amop.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_operator.h"
#include "nodes/nodeFuncs.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/catcache.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
}

namespace primecloud::review {
namespace {

relation of_strategy(int strategy) {
  constexpr relation by_strategy[] = {relation::none,  relation::less,          relation::less_equal,
                                      relation::equal, relation::greater_equal, relation::greater};
  return strategy >= BTLessStrategyNumber && strategy <= BTGreaterStrategyNumber ? by_strategy[strategy]
                                                                                 : relation::none;
}

// Whether an operator has a place in a b-tree (or is the equality of a hash), and which.
SERVER_CODE relation placed(Oid operator_id) {
  relation found = relation::none;
  CatCList *list = SearchSysCacheList1(AMOPOPID, ObjectIdGetDatum(operator_id));
  for (int i = 0; i < list->n_members && found == relation::none; i++) {
    const auto *row = reinterpret_cast<const FormData_pg_amop *>(GETSTRUCT(&list->members[i]->tuple));
    if (row->amopmethod == BTREE_AM_OID) found = of_strategy(row->amopstrategy);
    if (row->amopmethod == HASH_AM_OID) found = relation::equal;
  }
  ReleaseSysCacheList(list);
  return found;
}

bool is_one_of(const char *name, std::initializer_list<const char *> names) {
  for (const char *one : names)
    if (strcmp(name, one) == 0) return true;
  return false;
}

SERVER_CODE const char *operator_name(Oid operator_id) {
  const char *name = get_opname(operator_id);
  return name == nullptr ? "?" : name;
}

bool is_pattern(const char *name) { return is_one_of(name, {"~~", "~~*", "~", "~*", "!~~", "!~~*", "!~", "!~*"}); }

// Whether what is equal by an operator is the same: neither citext nor a collation of letters alike.
SERVER_CODE bool tells_apart(Oid operator_id, Oid collation) {
  if (operator_id >= FirstUnpinnedObjectId) return false;
  return collation < FirstUnpinnedObjectId || get_collation_isdeterministic(collation);
}

SERVER_CODE bits flags_of_operator(tree_walk &w, Oid operator_id, const char *name, Oid left, Oid collation) {
  const Oid function = get_opcode(operator_id);
  const function_facts *facts = facts_of(*w.book, function);
  w.called = list_append_unique_oid(w.called, function);
  // (An operator's own STABLE function is the price of the comparison, not of a call.)
  bits flags = facts->flags & (strict | unstable | fixed_context | refused);
  if (operator_id >= FirstUnpinnedObjectId) return flags;
  if (tells_apart(operator_id, collation)) flags |= exact;
  if (is_pattern(name)) flags |= pattern;
  if ((left == JSONBOID || left == JSONOID) && is_one_of(name, {"->", "->>", "#>", "#>>"})) flags |= json_step;
  return flags;
}

SERVER_CODE Oid left_type(const List *sides) { return exprType(static_cast<const Node *>(linitial(sides))); }

SERVER_CODE node *compared(tree_walk &w, kind is, const OpExpr *n) {
  List *below = walk_list(w, n->args);
  const char *name = operator_name(n->opno);
  const Oid left = left_type(n->args);
  node *made = new_node(w, is, below);
  made->op = relation_of_operator(n->opno);
  made->flags = flags_of_operator(w, n->opno, name, left, n->inputcollid) | boolean;
  made->more = mark_of_operator(n->opno, n->inputcollid, left);
  if (is == kind::compare && (made->op == relation::none || made->count != 2)) {
    made->is = kind::call;
    made->text = name;
  }
  return made;
}

}  // namespace

SERVER_CODE relation relation_of_operator(Oid operator_id) {
  const relation found = placed(operator_id);
  if (found != relation::none) return found;
  const Oid other = get_negator(operator_id);
  return OidIsValid(other) && placed(other) == relation::equal ? relation::unequal : relation::none;
}

SERVER_CODE const node *walk_operator(tree_walk &w, Node *n) {
  const auto *operation = reinterpret_cast<const OpExpr *>(n);
  if (IsA(n, NullIfExpr)) {
    node *made = new_node(w, kind::null_if, walk_list(w, operation->args));
    made->more = mark_of_operator(operation->opno, operation->inputcollid, left_type(operation->args));
    return made;
  }
  if (IsA(n, DistinctExpr)) return compared(w, kind::distinct, operation);
  node *made = compared(w, kind::compare, operation);
  if (list_member(w.of.indexed, n)) made->flags |= keyed;
  return made;
}

SERVER_CODE const node *walk_array_operator(tree_walk &w, const ScalarArrayOpExpr *n) {
  node *made = new_node(w, n->useOr ? kind::any : kind::all, walk_list(w, n->args));
  const char *name = operator_name(n->opno);
  made->op = relation_of_operator(n->opno);
  made->flags = flags_of_operator(w, n->opno, name, InvalidOid, n->inputcollid) & ~strict;
  made->more = mark_of_operator(n->opno, n->inputcollid, left_type(n->args));
  made->text = name;
  return made;
}

// `a op ANY (SELECT ..)`: the operator and the left side; of rows, = where each of them is.
SERVER_CODE const node *left_of(tree_walk &w, Node *test, relation &op, bits &flags, const char *&more) {
  if (test != nullptr && IsA(test, OpExpr)) {
    const auto *operation = castNode(OpExpr, test);
    op = relation_of_operator(operation->opno);
    if (strchr(operator_name(operation->opno), '~') != nullptr) flags |= pattern;
    if (tells_apart(operation->opno, operation->inputcollid)) flags |= exact;
    more = mark_of_operator(operation->opno, operation->inputcollid, left_type(operation->args));
    return walk_tree(w, static_cast<Node *>(linitial(operation->args)));
  }
  more = digest_of(test);
  List *sides = NIL;
  op = relation::equal;
  List *each = test != nullptr && IsA(test, BoolExpr) ? castNode(BoolExpr, test)->args : NIL;
  ListCell *cell;
  foreach (cell, each) {
    auto *part = static_cast<Node *>(lfirst(cell));
    if (!IsA(part, OpExpr)) continue;
    if (relation_of_operator(castNode(OpExpr, part)->opno) != relation::equal) op = relation::none;
    sides =
        lappend(sides, const_cast<node *>(walk_tree(w, static_cast<Node *>(linitial(castNode(OpExpr, part)->args)))));
  }
  return opaque(w, "ROW", sides);
}

}  // namespace primecloud::review
