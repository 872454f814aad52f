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

SERVER_CODE std::uint32_t flags_of_operator(tree_walk &w, Oid operator_id, const char *name, Oid left) {
  const Oid function = get_opcode(operator_id);
  const function_facts *facts = facts_of(*w.book, function);
  w.called = list_append_unique_oid(w.called, function);
  // (An operator's own STABLE function is the price of the comparison, not of a call.)
  std::uint32_t flags = facts->flags & (strict | unstable | fixed_context | refused);
  if (operator_id >= FirstUnpinnedObjectId) return flags;
  if (is_pattern(name)) flags |= pattern;
  if ((left == JSONBOID || left == JSONOID) && is_one_of(name, {"->", "->>", "#>", "#>>"})) flags |= json_step;
  return flags;
}

SERVER_CODE node *compared(tree_walk &w, kind is, const OpExpr *n) {
  List *below = walk_list(w, n->args);
  const char *name = operator_name(n->opno);
  const Oid left = exprType(static_cast<Node *>(linitial(n->args)));
  node *made = new_node(w, is, below);
  made->op = relation_of_operator(n->opno);
  made->flags = flags_of_operator(w, n->opno, name, left) | boolean;
  if (is == kind::compare && (made->op == relation::none || made->count != 2)) {
    made->is = kind::call;
    made->text = name;
  }
  return made;
}

// A call of the server's own with a role that the app cannot take: it is asked of whoever it is meant for.
SERVER_CODE bool asks_absent_role(const tree_walk &w, const char *name, const FuncExpr *call) {
  if (strcmp(name, "pg_has_role") != 0 || !OidIsValid(w.book->app)) return false;
  const int position = list_length(call->args) - 2;
  if (position < 0) return false;
  auto *argument = static_cast<Node *>(list_nth(call->args, position));
  if (!IsA(argument, Const) || castNode(Const, argument)->constisnull) return false;
  const auto *c = castNode(Const, argument);
  const Oid role = c->consttype == NAMEOID  ? get_role_oid(NameStr(*DatumGetName(c->constvalue)), true)
                   : c->consttype == OIDOID ? DatumGetObjectId(c->constvalue)
                                            : InvalidOid;
  return !OidIsValid(role) || !is_member_of_role(w.book->app, role);
}

char *lowered(char *name) {
  for (char *c = name; *c != '\0'; c++) *c = pg_ascii_tolower(static_cast<unsigned char>(*c));
  return name;
}

SERVER_CODE void make_setting(tree_walk &w, node *made) {
  made->is = kind::context;
  made->text = "current_setting";
  made->flags = forgeable | to_text | stable | (w.wrapped ? wrapped : 0);
  if (made->count == 0 || made->args[0]->is != kind::literal) return;
  made->text = lowered(pg::c_string(made->args[0]->text));
  made->flags = flags_of_setting(made->text.data()) | to_text | stable | (w.wrapped ? wrapped : 0);
  made->count = 0;
}

// A role that has_role() and tenant_*() are asked for, if it is above the lowest.
bool asks_rank(const node *call) {
  if (call->count == 0 || call->args[0]->is == kind::nothing) return false;
  return call->args[0]->is != kind::literal || call->args[0]->text != "external_client";
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
  if (IsA(n, NullIfExpr)) return new_node(w, kind::null_if, walk_list(w, operation->args));
  if (IsA(n, DistinctExpr)) return compared(w, kind::distinct, operation);
  node *made = compared(w, kind::compare, operation);
  if (list_member(w.of.indexed, n)) made->flags |= keyed;
  return made;
}

SERVER_CODE const node *walk_array_operator(tree_walk &w, const ScalarArrayOpExpr *n) {
  node *made = new_node(w, n->useOr ? kind::any : kind::all, walk_list(w, n->args));
  const char *name = operator_name(n->opno);
  made->op = relation_of_operator(n->opno);
  made->flags = flags_of_operator(w, n->opno, name, InvalidOid) & ~strict;
  made->text = name;
  return made;
}

SERVER_CODE node *call_node(tree_walk &w, const function_facts *facts, List *arguments) {
  w.called = list_append_unique_oid(w.called, facts->oid);
  node *made = new_node(w, kind::call, arguments);
  made->text = facts->label;
  made->flags = facts->flags | (w.wrapped ? wrapped : 0);
  if (facts->pinned) {
    if (is_one_of(facts->name, {"now", "transaction_timestamp", "statement_timestamp"})) made->flags &= ~stable;
    if (is_one_of(facts->name, {"current_user", "session_user"}))
      made->is = kind::context, made->flags |= role_name | person;
    if (strstr(facts->name, "json") != nullptr && strstr(facts->name, "extract_path") != nullptr)
      made->flags |= json_step;
    if (strcmp(facts->name, "current_setting") == 0) make_setting(w, made);
    return made;
  }
  if (facts->product && strcmp(facts->name, "refuse_owner") == 0) made->flags |= absent_role;  // of the owner alone
  if (!facts->context) return made;
  if (facts->product && asks_rank(made)) made->flags |= rank;
  for (std::uint32_t i = 0; i < made->count; i++) {
    if (!has_own(made->args[i])) continue;
    made->flags |= asks;  // it is given the row, and asks who comes
    return made;
  }
  if ((facts->flags & unstable) == 0) made->is = kind::context;
  return made;
}

SERVER_CODE const node *walk_call(tree_walk &w, const FuncExpr *call) {
  const function_facts *facts = facts_of(*w.book, call->funcid);
  w.called = list_append_unique_oid(w.called, call->funcid);
  if (const node *body = walk_body(w, facts, call->args)) return body;
  node *made = call_node(w, facts, walk_list(w, call->args));
  if (list_member(w.of.indexed, call)) made->flags |= keyed;
  if (!facts->pinned) return made;
  if (asks_absent_role(w, facts->name, call)) made->flags |= absent_role;
  if (call->funcformat == COERCE_EXPLICIT_CALL || call->funcformat == COERCE_SQL_SYNTAX) return made;
  made->flags = (made->flags & ~stable) | cast | (is_text_like(call->funcresulttype) ? to_text : 0);
  made->text = psprintf("::%s", format_type_be(call->funcresulttype));
  for (std::uint32_t i = 1; i < made->count; i++)
    if (!is_constant(made->args[i])) return made;
  if (made->count > 1) made->count = 1;  // lengths and flags of the cast
  return made;
}

}  // namespace primecloud::review
