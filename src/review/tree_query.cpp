// Subqueries: their conditions, what they read, and whether they come back empty.
#include "pg/c_string.hpp"
#include "review/tree_walk.hpp"

extern "C" {
#include "nodes/nodeFuncs.h"
#include "nodes/primnodes.h"
#include "parser/parsetree.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
}

namespace primecloud::review {
namespace {

SERVER_CODE const node *nested(tree_walk &w, Query *query);

struct contents {
  List *extra = NIL;  // of what stands in FROM
  bool reads = false, other = false;
  char *names = nullptr;
};

SERVER_CODE void look_at_entry(tree_walk &w, const RangeTblEntry *entry, contents &found) {
  switch (entry->rtekind) {
    case RTE_RELATION: {
      w.read = list_append_unique_oid(w.read, entry->relid);
      found.reads = true;
      found.names = psprintf("%s%s%s", found.names == nullptr ? "" : found.names, found.names == nullptr ? "" : ", ",
                             name_from(w.of.relation, entry));
      return;
    }
    case RTE_SUBQUERY: {
      const node *below = nested(w, entry->subquery);
      found.reads = found.reads || below->has(reads);
      found.other = found.other || !below->has(reads) || below->has(grouped);
      found.extra = lappend(found.extra, const_cast<node *>(below));
      return;
    }
    case RTE_FUNCTION: {
      ListCell *cell;
      foreach (cell, entry->functions) {
        Node *call = lfirst_node(RangeTblFunction, cell)->funcexpr;
        found.extra = lappend(found.extra, const_cast<node *>(walk_tree(w, call)));
      }
      found.other = true;
      return;
    }
    case RTE_VALUES: {
      ListCell *cell;
      foreach (cell, entry->values_lists) found.extra = list_concat(found.extra, walk_list(w, lfirst_node(List, cell)));
      found.other = true;
      return;
    }
    case RTE_CTE: found.other = true; return;
    case RTE_JOIN:
    case RTE_RESULT: return;
    case RTE_TABLEFUNC:
      found.extra = lappend(found.extra, const_cast<node *>(walk_tree(w, reinterpret_cast<Node *>(entry->tablefunc))));
      found.other = true;
      return;
    default: found.other = true; return;
  }
}

SERVER_CODE contents look_into(tree_walk &w, Query *query) {
  contents found;
  ListCell *cell;
  foreach (cell, query->rtable) look_at_entry(w, lfirst_node(RangeTblEntry, cell), found);
  foreach (cell, query->cteList) {
    auto *body = lfirst_node(CommonTableExpr, cell)->ctequery;
    if (!IsA(body, Query)) continue;
    const node *below = nested(w, castNode(Query, body));
    found.reads = found.reads || below->has(reads);
    found.extra = lappend(found.extra, const_cast<node *>(below));
  }
  return found;
}

SERVER_CODE bits flags_of(const Query *query, const contents &has) {
  const bool regrouped = query->hasAggs || query->groupClause != NIL || query->groupingSets != NIL ||
                         query->havingQual != nullptr || query->setOperations != nullptr || query->hasTargetSRFs ||
                         query->limitCount != nullptr || query->limitOffset != nullptr;
  return (has.reads ? reads : 0) | (regrouped || has.other ? grouped : 0) |
         (has_outer_join(reinterpret_cast<Node *>(query->jointree)) ? outer_joined : 0);
}

// A subquery as a node of its own; `before` are args[1] and args[2], and what stands in FROM follows.
SERVER_CODE node *queried(tree_walk &w, kind is, Query *query, const node *left, bool with_target) {
  enter_query(w, query);
  const contents has = look_into(w, query);
  List *below = list_make1(const_cast<node *>(conditions_of(w, query)));
  if (left != nullptr) below = lappend(below, const_cast<node *>(left));
  if (with_target) {
    const bool around = w.wrapped;
    w.wrapped = w.wrapped || (is == kind::scalar && query->jointree->fromlist == NIL);
    List *targets = NIL;
    ListCell *cell;
    foreach (cell, query->targetList) {
      auto *target = lfirst_node(TargetEntry, cell);
      if (!target->resjunk)
        targets = lappend(targets, const_cast<node *>(walk_tree(w, reinterpret_cast<Node *>(target->expr))));
    }
    w.wrapped = around;
    const node *target = targets != NIL && list_length(targets) == 1 ? static_cast<const node *>(linitial(targets))
                                                                     : opaque(w, "ROW", targets);
    below = lappend(below, const_cast<node *>(target));
  }
  node *made = new_node(w, is, list_concat(below, has.extra));
  made->flags = flags_of(query, has);
  made->text = has.names == nullptr ? "" : has.names;
  if (const char *from = mark_of_from(query)) made->more = from;
  if (const char *rest = rest_of(query)) made->text = psprintf("%s~%s", has.names == nullptr ? "" : has.names, rest);
  leave_query(w);
  return made;
}

SERVER_CODE const node *nested(tree_walk &w, Query *query) {
  check_stack_depth();
  return queried(w, kind::scalar, query, nullptr, true);
}

}  // namespace

SERVER_CODE const node *walk_sublink(tree_walk &w, const SubLink *link) {
  auto *query = castNode(Query, link->subselect);
  switch (link->subLinkType) {
    case EXISTS_SUBLINK: return queried(w, kind::exists, query, nullptr, false);
    case ARRAY_SUBLINK: return queried(w, kind::array_of, query, nullptr, true);
    case EXPR_SUBLINK: return queried(w, kind::scalar, query, nullptr, true);
    case ANY_SUBLINK:
    case ALL_SUBLINK: {
      relation op = relation::none;
      bits flags = 0;
      const char *more = "";
      const node *left = left_of(w, link->testexpr, op, flags, more);
      node *made = queried(w, link->subLinkType == ANY_SUBLINK ? kind::any_row : kind::all_row, query, left, true);
      made->op = op;
      made->flags |= flags;
      if (*more != '\0') made->more = psprintf("%s %s", more, pg::c_string(made->more));
      return made;
    }
    default: {
      List *below = list_make1(queried(w, kind::scalar, query, nullptr, true));
      return digested(w, opaque(w, "subquery", below), link->testexpr);
    }
  }
}

}  // namespace primecloud::review
