#include "contract/catalog_tree.hpp"

extern "C" {
#include "catalog/pg_operator_d.h"
#include "nodes/nodeFuncs.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
}

namespace primecloud::contract {
namespace {

using what = term::what;
using sign = term::sign;

SERVER_CODE term *make(what is) {
  auto *made = static_cast<term *>(palloc0(sizeof(term)));
  made->is = is;
  return made;
}
SERVER_CODE const term *opaque() { return make(what::opaque); }

Node *nth(List *list, int i) { return static_cast<Node *>(list_nth(list, i)); }

SERVER_CODE bool can_compare(const read_column &column, const comparison &by) {
  if (by.of_numbers != (kind_of_number(column.type) != number_kind::none)) return false;
  return !column.by_label || by.order == sign::equal;
}

SERVER_CODE term *about(what is, const read_column &column, const constants &with) {
  term *made = make(is);
  made->column = column.number;
  made->number = kind_of_number(column.type);
  made->constants = with.all;
  made->count = with.count;
  return made;
}

// The text whose characters are counted; that of char(n) is counted without its padding, so it is not.
SERVER_CODE read_column counted(Node *tree, int value_number) {
  if (!IsA(tree, FuncExpr)) return {};
  auto *call = reinterpret_cast<FuncExpr *>(tree);
  if (call->funcid != F_LENGTH_TEXT && call->funcid != F_CHAR_LENGTH_TEXT && call->funcid != F_CHARACTER_LENGTH_TEXT)
    return {};
  const read_column column = column_of(nth(call->args, 0), value_number);
  return is_text_like(column.type) && !column.by_label ? column : read_column{};
}

SERVER_CODE const term *read_sides(Oid op, Oid collation, Node *left, Node *right, int value_number, bool is_turned) {
  const constants with = read_constant(right);
  if (with.count < 0) return nullptr;
  read_column column = column_of(left, value_number);
  if (op == OID_TEXT_REGEXEQ_OP && !is_turned && column.number != 0 && is_text_like(column.type) && !column.by_label)
    return about(what::matches, column, with);
  const comparison by = compares(op, collation);
  what is = what::compare;
  if (column.number == 0) {
    column = counted(left, value_number);
    if (column.number == 0 || !by.of_numbers) return nullptr;
    is = what::length;
  } else if (!by.known || !can_compare(column, by)) {
    return nullptr;
  }
  term *made = about(is, column, with);
  made->order = is_turned ? turned(by.order) : by.order;
  return made;
}

SERVER_CODE const term *read_operator(const OpExpr *call, int value_number) {
  if (list_length(call->args) != 2) return opaque();
  Node *left = nth(call->args, 0), *right = nth(call->args, 1);
  const term *made = read_sides(call->opno, call->inputcollid, left, right, value_number, false);
  if (made == nullptr) made = read_sides(call->opno, call->inputcollid, right, left, value_number, true);
  return made == nullptr ? opaque() : made;
}

SERVER_CODE const term *read_any(const ScalarArrayOpExpr *call, int value_number) {
  const comparison by = compares(call->opno, call->inputcollid);
  const read_column column = column_of(nth(call->args, 0), value_number);
  if (!call->useOr || !by.known || by.order != sign::equal || column.number == 0 || !can_compare(column, by))
    return opaque();
  const constants list = read_constant_array(nth(call->args, 1));
  return list.count < 0 ? opaque() : about(what::any_of, column, list);
}

SERVER_CODE const term *read_null_test(const NullTest *test, int value_number) {
  Node *of = reinterpret_cast<Node *>(test->arg);
  const bool is_null = test->nulltesttype == IS_NULL;
  if (is_null && IsA(of, FuncExpr) &&
      reinterpret_cast<FuncExpr *>(of)->funcid == F_ARRAY_POSITION_ANYCOMPATIBLEARRAY_ANYCOMPATIBLE) {
    List *args = reinterpret_cast<FuncExpr *>(of)->args;
    const constants sought = read_constant(nth(args, 1));
    const read_column array = column_of(nth(args, 0), value_number);
    const bool is_null_sought = sought.count == 1 && sought.all[0].is == constant::kind::null;
    return is_null_sought && array.number != 0 ? about(what::elements_not_null, array, {}) : opaque();
  }
  const read_column column = column_of(of, value_number);
  if (column.number == 0 || test->argisrow) return opaque();
  return about(is_null ? what::is_null : what::is_not_null, column, {});
}

SERVER_CODE const term *read_parts(const BoolExpr *parts, int value_number) {
  if (parts->boolop == NOT_EXPR) return opaque();
  term *whole = make(parts->boolop == AND_EXPR ? what::both : what::either);
  const term **next = &whole->first;
  const ListCell *cell;
  foreach (cell, parts->args) {
    // (Each is made for this whole alone.)
    auto *part = const_cast<term *>(read_condition(static_cast<Node *>(lfirst(cell)), value_number));
    *next = part;
    next = &part->next;
  }
  return whole;
}

}  // namespace

SERVER_CODE const term *read_condition(Node *tree, int value_number) {
  check_stack_depth();
  CHECK_FOR_INTERRUPTS();
  if (tree == nullptr) return opaque();
  switch (nodeTag(tree)) {
    case T_BoolExpr: return read_parts(reinterpret_cast<BoolExpr *>(tree), value_number);
    case T_OpExpr: return read_operator(reinterpret_cast<OpExpr *>(tree), value_number);
    case T_ScalarArrayOpExpr: return read_any(reinterpret_cast<ScalarArrayOpExpr *>(tree), value_number);
    case T_NullTest: return read_null_test(reinterpret_cast<NullTest *>(tree), value_number);
    default: return opaque();
  }
}

}  // namespace primecloud::contract
