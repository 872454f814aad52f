// How nodes are made of the server's.
#include "review/tree_walk.hpp"

extern "C" {
#include "nodes/nodeFuncs.h"
#include "nodes/primnodes.h"
#include "utils/lsyscache.h"
}

namespace primecloud::review {
namespace {

struct gathering {
  tree_walk *walk;
  List *below;
};

SERVER_CODE bool gather(Node *n, void *context) {
  if (n == nullptr) return false;
  auto &into = *static_cast<gathering *>(context);
  into.below = lappend(into.below, const_cast<node *>(walk_tree(*into.walk, n)));
  return false;
}

}  // namespace

// Whatever has no word of its own: its parts are known all the same.
SERVER_CODE const node *walk_other(tree_walk &w, Node *n) {
  gathering all{&w, NIL};
  const bool around = w.digested;
  w.digested = true;
  pg::walk_below(n, gather, &all);
  w.digested = around;
  const char *name = IsA(n, MinMaxExpr)       ? (castNode(MinMaxExpr, n)->op == IS_GREATEST ? "GREATEST" : "LEAST")
                     : IsA(n, RowExpr)        ? "ROW"
                     : IsA(n, FieldSelect)    ? "field"
                     : IsA(n, Aggref)         ? get_func_name(castNode(Aggref, n)->aggfnoid)
                     : IsA(n, RowCompareExpr) ? "row_comparison"
                                              : "expression";
  return digested(w, opaque(w, name, all.below), n);
}

SERVER_CODE const node *digested(tree_walk &w, const node *made, const void *tree) {
  if (!w.digested) const_cast<node *>(made)->more = digest_of(tree);
  return made;
}

// What stands in one more place is read once more by all that comes after.
SERVER_CODE const node *met_again(tree_walk &w, const node *known) {
  w.left -= static_cast<int>(known->weight);
  return w.left > 0 ? known : opaque(w, "too_much_to_read", NIL);
}

SERVER_CODE node *new_node(tree_walk &w, kind is, List *below) {
  auto *made = static_cast<node *>(palloc0(sizeof(node)));
  made->is = is;
  made->count = static_cast<std::uint32_t>(list_length(below));
  auto **args = static_cast<const node **>(palloc(sizeof(void *) * (made->count + 1)));
  made->weight = 1;
  for (std::uint32_t i = 0; i < made->count; i++) {
    args[i] = static_cast<const node *>(list_nth(below, static_cast<int>(i)));
    made->weight += args[i]->weight;
  }
  made->args = args;
  w.left--;
  return made;
}

SERVER_CODE const node *opaque(tree_walk &w, const char *name, List *below) {
  node *made = new_node(w, kind::call, below);
  made->text = name == nullptr ? "?" : name;
  return made;
}

SERVER_CODE List *walk_list(tree_walk &w, List *each) {
  List *made = NIL;
  ListCell *cell;
  foreach (cell, each) made = lappend(made, const_cast<node *>(walk_tree(w, static_cast<Node *>(lfirst(cell)))));
  return made;
}

}  // namespace primecloud::review
