// Calls of functions: settings, contexts, casts.
#include "pg/c_string.hpp"
#include "review/tree_walk.hpp"

extern "C" {
#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "nodes/primnodes.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/regproc.h"
}

namespace primecloud::review {
namespace {

bool is_one_of(const char *name, std::initializer_list<const char *> names) {
  for (const char *one : names)
    if (strcmp(name, one) == 0) return true;
  return false;
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

// Integers among each other (too large is an error), and to numeric: others round, cut or fold.
bool is_widening(Oid from, Oid to) {
  const auto is_integer = [](Oid type) { return type == INT2OID || type == INT4OID || type == INT8OID; };
  return is_integer(from) && (is_integer(to) || to == NUMERICOID);
}

SERVER_CODE char *lowered(char *name) {
  for (char *c = name; *c != '\0'; c++) *c = static_cast<char>(pg_ascii_tolower(static_cast<unsigned char>(*c)));
  return name;
}

SERVER_CODE void make_setting(tree_walk &w, node *made) {
  made->is = kind::context;
  made->more = {};
  made->text = "current_setting";
  made->flags = forgeable | to_text | stable | (w.wrapped ? wrapped : 0);
  if (made->count == 0 || made->args[0]->is != kind::literal) return;
  made->text = lowered(pg::c_string(made->args[0]->text));
  made->flags = flags_of_setting(made->text.data()) | to_text | stable | (w.wrapped ? wrapped : 0);
  made->count = 0;
}

// (A role that asks is who asks, whatever collation it is asked with.)
SERVER_CODE void put_mark(node *made, const function_facts *facts, const FuncExpr *call) {
  if (made->is == kind::context) return;
  const auto *first = call->args == NIL ? nullptr : static_cast<const Node *>(linitial(call->args));
  const char *taken = first == nullptr ? "" : mark_of_collation(call->inputcollid, exprType(first));
  if (*taken == '\0' && !call->funcvariadic) return;
  made->more = psprintf("%s%s%s", facts->pinned ? format_procedure(facts->oid) : "", taken,
                        call->funcvariadic ? " variadic" : "");
}

// A role that has_role() and tenant_*() are asked for, if it is above the lowest.
bool asks_rank(const node *call) {
  if (call->count == 0 || call->args[0]->is == kind::nothing) return false;
  return call->args[0]->is != kind::literal || call->args[0]->text != "external_client";
}

}  // namespace

SERVER_CODE node *call_node(tree_walk &w, const function_facts *facts, List *arguments) {
  w.called = list_append_unique_oid(w.called, facts->oid);
  node *made = new_node(w, kind::call, arguments);
  made->text = facts->label;
  made->flags = facts->flags | (w.wrapped ? wrapped : 0);
  if (facts->pinned) {
    made->more = format_procedure(facts->oid);  // of several with one name
    if (is_one_of(facts->name, {"now", "transaction_timestamp", "statement_timestamp"})) made->flags &= ~stable;
    if (is_one_of(facts->name, {"current_user", "session_user"}))
      made->is = kind::context, made->more = {}, made->flags |= role_name | person;
    if (strstr(facts->name, "json") != nullptr && strstr(facts->name, "extract_path") != nullptr)
      made->flags |= json_step;
    if (strcmp(facts->name, "string_to_array") == 0) made->flags |= strict;  // of what it takes apart
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
  put_mark(made, facts, call);
  if (!facts->pinned) return made;
  if (asks_absent_role(w, facts->name, call)) made->flags |= absent_role;
  // What is cut to a length is another value, and no label of the same.
  int32 length = -1;
  if (exprIsLengthCoercion(reinterpret_cast<const Node *>(call), &length) && length >= 0) {
    made->text = psprintf("::%s", format_type_with_typemod(call->funcresulttype, length));
    made->count = 1;
    made->more = {};
    return made;
  }
  if (call->funcformat == COERCE_EXPLICIT_CALL || call->funcformat == COERCE_SQL_SYNTAX) return made;
  made->more = {};
  made->flags = (made->flags & ~stable) | cast | (is_text_like(call->funcresulttype) ? to_text : 0);
  made->text = psprintf("::%s", format_type_be(call->funcresulttype));
  for (std::uint32_t i = 1; i < made->count; i++)
    if (!is_constant(made->args[i])) return made;
  if (made->count > 1) made->count = 1;  // lengths and flags of the cast
  if (is_widening(exprType(static_cast<Node *>(linitial(call->args))), call->funcresulttype)) made->flags |= lossless;
  return made;
}

}  // namespace primecloud::review
