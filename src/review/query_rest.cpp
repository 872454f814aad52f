// What of a query the review has no words for: it is not known, but two that are not the same are told apart.
#include "review/tree_walk.hpp"

extern "C" {
#include "nodes/nodes.h"
#include "nodes/parsenodes.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
}

namespace primecloud::review {
namespace {

SERVER_CODE bool is_sampled(const Query *query) {
  ListCell *cell;
  foreach (cell, query->rtable)
    if (lfirst_node(RangeTblEntry, cell)->tablesample != nullptr) return true;
  return false;
}

}  // namespace

SERVER_CODE const char *name_from(Oid subject, const RangeTblEntry *entry) {
  const char *name = get_rel_name(entry->relid);
  if (name == nullptr) return "?";
  const Oid space = get_rel_namespace(entry->relid);
  const char *schema = space == get_rel_namespace(subject) ? nullptr : get_namespace_name(space);
  return psprintf("%s%s", entry->inh ? "" : "ONLY ", quote_qualified_identifier(schema, name));
}

SERVER_CODE const char *rest_of(const Query *query) {
  const bool plain = !query->hasAggs && !query->hasWindowFuncs && !query->hasTargetSRFs && query->groupClause == NIL &&
                     query->groupingSets == NIL && query->havingQual == nullptr && query->setOperations == nullptr &&
                     query->limitCount == nullptr && query->limitOffset == nullptr && query->distinctClause == NIL &&
                     query->sortClause == NIL && query->rowMarks == NIL && query->windowClause == NIL &&
                     query->cteList == NIL && !is_sampled(query);
  if (plain) return nullptr;
  return digest_of(query);
}

}  // namespace primecloud::review
