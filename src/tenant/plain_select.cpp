#include "tenant/plain_select.hpp"

extern "C" {
#include "nodes/nodeFuncs.h"
#include "nodes/parsenodes.h"
#include "rewrite/rewriteManip.h"
}

namespace primecloud::tenant {
namespace {

// (SELECT expression) and nothing else.
bool selects_plainly(const SubLink *link) noexcept {
  if (link->subLinkType != EXPR_SUBLINK || !IsA(link->subselect, Query)) return false;
  const auto *query = reinterpret_cast<const Query *>(link->subselect);
  return query->commandType == CMD_SELECT && query->rtable == NIL && query->cteList == NIL &&
         query->jointree->fromlist == NIL && query->jointree->quals == nullptr && !query->hasAggs &&
         !query->hasWindowFuncs && !query->hasTargetSRFs && query->groupClause == NIL && query->groupingSets == NIL &&
         query->havingQual == nullptr && query->distinctClause == NIL && query->sortClause == NIL &&
         query->limitOffset == nullptr && query->limitCount == nullptr && query->setOperations == nullptr &&
         list_length(query->targetList) == 1;
}

SERVER_CODE Node *unwrap(Node *node, void *context) {
  if (node == nullptr) return nullptr;
  if (!IsA(node, SubLink)) return pg::mutate_below(node, unwrap, context);
  auto *link = castNode(SubLink, node);
  if (!selects_plainly(link)) return node;
  const auto *query = castNode(Query, link->subselect);
  auto *value = static_cast<Node *>(copyObjectImpl(linitial_node(TargetEntry, query->targetList)->expr));
  IncrementVarSublevelsUp(value, -1, 1);
  return unwrap(value, context);
}

}  // namespace

Node *without_plain_selects(Node *expression) { return unwrap(expression, nullptr); }

}  // namespace primecloud::tenant
