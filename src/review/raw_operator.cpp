// Operators, casts and subqueries of a body that was parsed alone.
#include "review/raw_walk.hpp"

extern "C" {
#include "nodes/parsenodes.h"
#include "nodes/primnodes.h"
#include "nodes/value.h"
#include "utils/builtins.h"
}

namespace primecloud::review {
namespace {

SERVER_CODE relation relation_named(const char *name) {
  constexpr const char *names[] = {"=", "<>", "<", "<=", ">", ">="};
  for (int i = 0; i < 6; i++)
    if (strcmp(name, names[i]) == 0) return static_cast<relation>(i + 1);
  return relation::none;
}

SERVER_CODE const char *lengths(const List *each) {
  const char *found = "";
  const ListCell *cell;
  foreach (cell, each) {
    const auto *one = static_cast<const Node *>(lfirst(cell));
    const bool number = IsA(one, A_Const) && IsA(&castNode(A_Const, one)->val, Integer);
    found = psprintf("%s%s%d", found, *found == '\0' ? "" : ", ", number ? intVal(&castNode(A_Const, one)->val) : -1);
  }
  return found;
}

bool gives_text(const node *n) {
  while ((n->is == kind::null_if || n->is == kind::first) && n->count > 0) n = n->args[0];
  return n->has(to_text);
}

}  // namespace

SERVER_CODE const node *raw_operator(raw_walk &w, const A_Expr *n) {
  const char *name = strVal(llast(n->name));
  Node *right = n->rexpr;
  const node *left = n->lexpr != nullptr ? walk_raw(w, n->lexpr) : nullptr;
  if (left == nullptr || right == nullptr) return give_up(w);
  List *sides = IsA(right, List) ? NIL : list_make2(const_cast<node *>(left), const_cast<node *>(walk_raw(w, right)));
  node *made;
  switch (n->kind) {
    case AEXPR_OP:
      made = new_node(w.to, kind::compare, sides);
      made->op = relation_named(name);
      made->flags = strict | boolean;
      if (made->op != relation::none) return made;
      made->is = kind::call;
      made->text = name;
      if (strchr(name, '>') != nullptr) made->flags |= json_step;
      return made;
    case AEXPR_DISTINCT:
    case AEXPR_NOT_DISTINCT:
      made = new_node(w.to, kind::distinct, sides);
      made->negated = n->kind == AEXPR_NOT_DISTINCT;
      return made;
    case AEXPR_NULLIF: return new_node(w.to, kind::null_if, sides);
    case AEXPR_LIKE:
    case AEXPR_ILIKE:
    case AEXPR_SIMILAR:
      made = new_node(w.to, kind::call, sides);
      made->text = name;
      made->flags = strict | boolean | pattern;
      return made;
    case AEXPR_OP_ANY:
    case AEXPR_IN: {
      const node *list = IsA(right, List) ? new_node(w.to, kind::list, walk_raw_list(w, castNode(List, right)))
                                          : static_cast<const node *>(lsecond(sides));
      const bool none = n->kind == AEXPR_IN && strcmp(name, "<>") == 0;
      made =
          new_node(w.to, none ? kind::all : kind::any, list_make2(const_cast<node *>(left), const_cast<node *>(list)));
      made->op = relation_named(name);
      return made;
    }
    default: return give_up(w);
  }
}

SERVER_CODE const node *raw_cast(raw_walk &w, const TypeCast *n) {
  const node *of = walk_raw(w, n->arg);
  if (of->is == kind::literal || of->is == kind::truth || of->is == kind::nothing) return of;
  const char *type = strVal(llast(n->typeName->names));
  const bool to_text_type = strcmp(type, "text") == 0 || strcmp(type, "varchar") == 0 || strcmp(type, "name") == 0;
  const bool cut_to = n->typeName->typmods != NIL;
  if (to_text_type && of->has(to_text) && !cut_to) return of;
  node *made = new_node(w.to, kind::call, list_make1(const_cast<node *>(of)));
  made->text = psprintf("::%s", type);
  if (cut_to)
    made =
        const_cast<node *>(opaque(w.to, psprintf("::%s(%s)", type, lengths(n->typeName->typmods)), list_make1(made)));
  made->flags = cast | strict | (to_text_type ? to_text : 0);
  const bool cut = strcmp(type, "bpchar") == 0 || strcmp(type, "char") == 0 || strcmp(type, "bool") == 0;
  if (gives_text(of) && !to_text_type && !cut && !cut_to) made->flags |= named;
  return made;
}

SERVER_CODE const node *raw_sublink(raw_walk &w, const SubLink *link) {
  const auto *select = castNode(SelectStmt, link->subselect);
  if (link->subLinkType != EXPR_SUBLINK || select->fromClause != NIL || select->whereClause != nullptr ||
      list_length(select->targetList) != 1)
    return give_up(w);
  const bool around = w.to.wrapped;
  w.to.wrapped = true;
  const node *made = walk_raw(w, linitial_node(ResTarget, select->targetList)->val);
  w.to.wrapped = around;
  return made;
}

}  // namespace primecloud::review
