#include "review/own_context.hpp"

extern "C" {
#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "nodes/primnodes.h"
#include "optimizer/optimizer.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/ruleutils.h"
}

namespace primecloud::review {
namespace {

// What the column is read as: below what changes no bit of it.
SERVER_CODE Node *below_labels(Node *n) {
  while (n != nullptr && IsA(n, RelabelType)) n = reinterpret_cast<Node *>(castNode(RelabelType, n)->arg);
  return n;
}

// Or below its text.
SERVER_CODE Node *below_text(Node *n) {
  n = below_labels(n);
  if (n != nullptr && IsA(n, CoerceViaIO) && is_text_like(castNode(CoerceViaIO, n)->resulttype))
    n = below_labels(reinterpret_cast<Node *>(castNode(CoerceViaIO, n)->arg));
  return n;
}

SERVER_CODE bool is_tenant(const subject &of, Node *n) {
  if (n == nullptr || !IsA(n, Var)) return false;
  const auto *column = castNode(Var, n);
  return column->varno == 1 && column->varlevelsup == 0 && column->varattno == of.tenant_column;
}

// Which side of an equality says who asks; nullptr where none does.
SERVER_CODE Node *asker_beside(const subject &of, const OpExpr *said) {
  if (list_length(said->args) != 2 || relation_of_operator(said->opno) != relation::equal) return nullptr;
  auto *left = static_cast<Node *>(linitial(said->args)), *right = static_cast<Node *>(lsecond(said->args));
  Node *other = is_tenant(of, below_text(left)) ? right : is_tenant(of, below_text(right)) ? left : nullptr;
  return other == nullptr || contain_vars_of_level(other, 0) ? nullptr : other;
}

// (What the client writes, the name of a role, what is cast as it came and what reads rows are faults of their own.)
constexpr std::uint32_t faults[] = {claimed, role_name, fixed_context, unstable, unknown, reads};

bool is_sound(const node *n) {
  return has_context(n) && !contains(n, [](const node *at) {
           for (const std::uint32_t fault : faults)
             if (at->has(fault)) return true;
           return at->has(cast) && !at->has(to_text) && at->count > 0 && at->args[0]->has(setting | placeholder);
         });
}

struct search {
  const function_book &book;
  const subject &of;
  List *found;
};

SERVER_CODE void look_at(search &all, const OpExpr *said) {
  Node *other = asker_beside(all.of, said);
  if (other == nullptr) return;
  tree_walk w;
  w.book = &all.book;
  w.of = all.of;
  const node *walked = walk_tree(w, other);
  if (!is_sound(walked)) return;
  const auto any = [&](std::uint32_t flag) { return contains(walked, [&](const node *at) { return at->has(flag); }); };
  auto *kept = static_cast<own_context *>(palloc(sizeof(own_context)));
  *kept = {deparse_expression(other, NIL, false, false), getBaseType(exprType(other)), any(product), any(person),
           any(forgeable)};
  all.found = lappend(all.found, kept);
}

SERVER_CODE bool look(Node *n, void *all) {
  if (n == nullptr) return false;
  if (IsA(n, OpExpr)) look_at(*static_cast<search *>(all), castNode(OpExpr, n));
  return pg::walk_below(n, look, all);
}

// For a column of this type.  Text that is '' where nobody came is no value of another type.
SERVER_CODE const char *fitted(const own_context &one, Oid type) {
  if (one.type == type || IsBinaryCoercible(one.type, type)) return one.said;
  const auto is_integer = [](Oid each) { return each == INT2OID || each == INT4OID || each == INT8OID; };
  if (is_integer(one.type) && is_integer(type)) return one.said;
  return one.type == TEXTOID ? psprintf("NULLIF(%s, '')::%s", one.said, format_type_be(type)) : nullptr;
}

}  // namespace

SERVER_CODE List *contexts_in(const function_book &book, const subject &of, Node *expression, List *found) {
  if (of.tenant_column <= 0) return found;
  search all{book, of, found};
  (void)look(expression, static_cast<void *>(&all));
  return all.found;
}

SERVER_CODE List *with_contexts(List *of_schema, const List *of_table) {
  const ListCell *cell, *known;
  foreach (cell, of_table) {
    const auto *one = static_cast<const own_context *>(lfirst(cell));
    bool there = false;
    foreach (known, of_schema) {
      const auto *other = static_cast<const own_context *>(lfirst(known));
      there = there || (one->type == other->type && strcmp(one->said, other->said) == 0);
    }
    if (!there) of_schema = lappend(of_schema, lfirst(cell));
  }
  return of_schema;
}

SERVER_CODE void choose_context(const List *of_table, const List *of_schema, Oid relation, AttrNumber tenant,
                                table &out) {
  const bool own = of_table != NIL;
  const List *const from = own ? of_table : of_schema;
  const Oid type = getBaseType(get_atttype(relation, tenant));
  const own_context *chosen = nullptr;
  const ListCell *cell;
  foreach (cell, from) {
    const auto *one = static_cast<const own_context *>(lfirst(cell));
    if (one->product) return;
    if ((one->person && !own) || fitted(*one, type) == nullptr) continue;
    if (chosen == nullptr || (chosen->person && !one->person)) chosen = one;
  }
  if (chosen == nullptr) return;
  out.bound = psprintf("%s = %s", quote_identifier(get_attname(relation, tenant, false)), fitted(*chosen, type));
  out.forgeable = chosen->forgeable;
}

}  // namespace primecloud::review
