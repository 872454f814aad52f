// From the server's trees to the review's: nothing is executed, planned or locked.  Server code.
#pragma once

#include "core/review/tree.hpp"
#include "pg/server_version_trees.hpp"
#include "review/tree_function.hpp"
#include "review/tree_marks.hpp"

extern "C" {
#include "nodes/bitmapset.h"
#include "nodes/pg_list.h"
}

namespace primecloud::review {

// Whose columns are own, and what is known of them.
struct subject {
  Oid relation = InvalidOid;
  AttrNumber tenant_column = 0;
  Bitmapset *not_null = nullptr, *keyed = nullptr;  // by attribute number
  List *indexed = NIL;                              // expressions of its indexes
};

struct tree_walk {
  const function_book *book;
  subject of;
  Index own_entry = 1;  // where the relation stands in the range table, at `own_depth`
  int depth = 0, own_depth = 0;
  List *queries = NIL;  // the subqueries around, the nearest first
  List *bases = NIL;    // the number of each one's first entry
  int entries = 0;
  List *relations = NIL;  // of each entry by its number; 0: it is no table
  bool wrapped = false;
  int left = 20000;  // so many nodes, and no more: the rest is opaque
  const node *const *parameters = nullptr;
  int parameter_count = 0;
  int inlined = 0;
  bool digested = false;  // what stands around has a digest of all that is below
  const node *case_value = nullptr;
  List *read = NIL;    // relations of its subqueries
  List *called = NIL;  // functions
};

SERVER_CODE const node *walk_tree(tree_walk &w, Node *n);

// The parts of it.
SERVER_CODE node *new_node(tree_walk &w, kind is, List *below = NIL);
SERVER_CODE const node *walk_other(tree_walk &w, Node *n);  // what has no word of its own
// With a digest of what it was made of, but where one stands around it.
SERVER_CODE const node *digested(tree_walk &w, const node *made, const void *tree);
SERVER_CODE const node *opaque(tree_walk &w, const char *name, List *below);
SERVER_CODE const node *met_again(tree_walk &w, const node *known);
SERVER_CODE List *walk_list(tree_walk &w, List *each);
SERVER_CODE const node *walk_constant(tree_walk &w, const Const *c);
SERVER_CODE const node *walk_column(tree_walk &w, const Var *column);
SERVER_CODE const node *walk_cast(tree_walk &w, Node *whole, Node *argument, Oid type);
SERVER_CODE const node *walk_label(tree_walk &w, RelabelType *n);
SERVER_CODE const node *walk_call(tree_walk &w, const FuncExpr *call);
SERVER_CODE node *call_node(tree_walk &w, const function_facts *facts, List *arguments);  // of walked arguments
SERVER_CODE const node *walk_operator(tree_walk &w, Node *n);
SERVER_CODE const node *walk_array_operator(tree_walk &w, const ScalarArrayOpExpr *n);
SERVER_CODE const node *walk_sublink(tree_walk &w, const SubLink *link);
SERVER_CODE const node *walk_body(tree_walk &w, const function_facts *facts, List *arguments);  // nullptr: not inlined
SERVER_CODE const node *left_of(tree_walk &w, Node *test, relation &op, bits &flags,
                                const char *&more);  // of ANY (SELECT ..)
SERVER_CODE relation relation_of_operator(Oid operator_id);
SERVER_CODE bool is_text_like(Oid type);
SERVER_CODE bits kept_in(Oid relation, AttrNumber column);  // stored, and unique_key

// The conditions of a query: of its WHERE, its joins and its HAVING.  The query is entered first.
SERVER_CODE void enter_query(tree_walk &w, Query *query);
SERVER_CODE void leave_query(tree_walk &w);
// What it calls a relation that it reads: with its schema where that is not the subject's.
SERVER_CODE const char *name_from(Oid subject, const RangeTblEntry *entry);
// What a query has besides tables, conditions and columns, so that two that differ in it are two: nullptr for nothing.
SERVER_CODE const char *rest_of(const Query *query);
SERVER_CODE bool has_outer_join(Node *from);
SERVER_CODE const node *conditions_of(tree_walk &w, Query *query);

}  // namespace primecloud::review
