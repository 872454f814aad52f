// SQL functions that the planner puts in the place of their calls: so does the review, by their trees.
#include "review/body.hpp"
#include "review/raw_tree.hpp"
#include "review/tree_walk.hpp"

extern "C" {
#include "nodes/primnodes.h"
}

namespace primecloud::review {
namespace {

// SELECT of one expression and no more.
bool is_plain(const Query *query) {
  return query->commandType == CMD_SELECT && query->jointree->fromlist == NIL && query->jointree->quals == nullptr &&
         list_length(query->targetList) == 1 && !query->hasAggs && !query->hasTargetSRFs && query->cteList == NIL &&
         query->limitCount == nullptr && query->limitOffset == nullptr && query->setOperations == nullptr;
}

SERVER_CODE Query *only_query(Node *body) {
  while (body != nullptr && IsA(body, List)) {
    if (list_length(castNode(List, body)) != 1) return nullptr;
    body = static_cast<Node *>(linitial(castNode(List, body)));
  }
  return body != nullptr && IsA(body, Query) && is_plain(castNode(Query, body)) ? castNode(Query, body) : nullptr;
}

SERVER_CODE const node *walk_query_body(tree_walk &w, Query *query) {
  enter_query(w, query);
  const node *made = walk_tree(w, reinterpret_cast<Node *>(linitial_node(TargetEntry, query->targetList)->expr));
  leave_query(w);
  return made;
}

}  // namespace

SERVER_CODE const node *walk_body(tree_walk &w, const function_facts *facts, List *arguments) {
  // (Neither does the planner where the body does less than is claimed, or the caller may not execute it.)
  if (!facts->inlines || w.inlined >= 3 || (facts->flags & (fixed_context | refused)) != 0) return nullptr;
  Query *query = facts->raw == nullptr ? only_query(body_tree(facts->oid)) : nullptr;
  if (query == nullptr && facts->raw == nullptr) return nullptr;
  List *values = walk_list(w, arguments);
  const node *call = new_node(w, kind::list, values);
  const node *const *around = w.parameters;
  const int around_count = w.parameter_count;
  w.parameters = call->args;
  w.parameter_count = static_cast<int>(call->count);
  w.inlined++;
  const bool digested = w.digested;
  w.digested = false;
  const node *made = query != nullptr ? walk_query_body(w, query) : walk_raw_body(w, facts);
  w.inlined--;
  w.digested = digested;
  w.parameters = around;
  w.parameter_count = around_count;
  return made;
}

}  // namespace primecloud::review
