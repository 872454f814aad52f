// What of a query the review has no words for: it is not known, but two that are not the same are told apart.
#include "review/tree_walk.hpp"

extern "C" {
#include "common/hashfn.h"
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

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Without places in a text and without oids, which are others in another database.
SERVER_CODE const char *without_numbers_of_its_own(char *tree) {
  char *out = tree;
  for (const char *in = tree; *in != '\0';) {
    const bool place = strncmp(in, "location ", 9) == 0 || strncmp(in, "stmt_len ", 9) == 0;
    if (place) {
      in += 9;
      while (*in == '-' || is_digit(*in)) in++;
      continue;
    }
    if (!is_digit(*in)) {
      *out++ = *in++;
      continue;
    }
    const char *end = in;
    while (is_digit(*end)) end++;
    if (end - in < 5) memmove(out, in, static_cast<std::size_t>(end - in)), out += end - in;
    in = end;
  }
  *out = '\0';
  return tree;
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
                     query->cteList == NIL && !is_sampled(query);
  if (plain) return nullptr;
  const char *said = without_numbers_of_its_own(nodeToString(query));
  return psprintf("%08x", hash_bytes(reinterpret_cast<const unsigned char *>(said), static_cast<int>(strlen(said))));
}

}  // namespace primecloud::review
