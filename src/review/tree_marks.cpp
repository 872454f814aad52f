// What operators, types and the FROM of a query say that the review's nodes have no field for.
#include "review/tree_marks.hpp"

extern "C" {
#include "access/transam.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "nodes/parsenodes.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
}

namespace primecloud::review {
namespace {

bool is_integer(Oid type) { return type == INT2OID || type == INT4OID || type == INT8OID; }

// Of two sides of one type, and by a name that is compared already.
SERVER_CODE bool is_usual(Oid operator_id) {
  if (operator_id >= FirstUnpinnedObjectId) return false;
  Oid left, right;
  op_input_types(operator_id, &left, &right);
  if (left != right && OidIsValid(left) && !(is_integer(left) && is_integer(right))) return false;
  const char *name = get_opname(operator_id);
  // (Patterns and whole records are ordered by operators of their own, which are of the same places in an index.)
  return name != nullptr && *name != '~' && *name != '*';
}

struct shape {
  StringInfoData said;
  bool any = false;
};

SERVER_CODE void put_joins(shape &into, Node *n) {
  check_stack_depth();
  if (n == nullptr) return;
  if (IsA(n, RangeTblRef)) return appendStringInfo(&into.said, "%d ", castNode(RangeTblRef, n)->rtindex);
  if (IsA(n, JoinExpr)) {
    const auto *join = castNode(JoinExpr, n);
    appendStringInfo(&into.said, "(%d ", static_cast<int>(join->jointype));
    put_joins(into, join->larg);
    put_joins(into, join->rarg);
    appendStringInfoChar(&into.said, ')');
    if (join->jointype != JOIN_INNER) {
      into.any = true;
      appendStringInfoString(&into.said, digest_of(join->quals));
    }
    return;
  }
  ListCell *cell;
  foreach (cell, castNode(FromExpr, n)->fromlist) put_joins(into, static_cast<Node *>(lfirst(cell)));
}

// A list of calls is as wide as its columns; a VALUES as long as its rows; of a table of XML or JSON nothing is known.
SERVER_CODE void put_entry(shape &into, const RangeTblEntry *entry) {
  if (entry->rtekind == RTE_RELATION || entry->rtekind == RTE_JOIN || entry->rtekind == RTE_SUBQUERY) return;
  into.any = true;
  appendStringInfo(&into.said, "<%d %d ", static_cast<int>(entry->rtekind), entry->funcordinality);
  for (const void *part : {static_cast<const void *>(entry->functions), static_cast<const void *>(entry->tablefunc),
                           static_cast<const void *>(entry->values_lists)})
    if (part != nullptr) appendStringInfoString(&into.said, digest_of(part));
  if (entry->rtekind == RTE_CTE) appendStringInfo(&into.said, "%s %u", entry->ctename, entry->ctelevelsup);
}

}  // namespace

SERVER_CODE const char *mark_of_operator(Oid operator_id, Oid collation, Oid left) {
  const char *taken = mark_of_collation(collation, left);
  if (is_usual(operator_id)) return taken;
  return psprintf("%s %s", format_operator_qualified(operator_id), taken);
}

SERVER_CODE const char *mark_of_type(Oid type) {
  const bool loose = type == NUMERICOID || type == FLOAT4OID || type == FLOAT8OID || type == INTERVALOID ||
                     type == BPCHAROID || type == JSONBOID || type == TIMETZOID ||
                     (type >= FirstUnpinnedObjectId && !type_is_enum(type)) || type_is_range(type) ||
                     type_is_rowtype(type) || type_is_multirange(type);
  return psprintf("%s%s", loose ? "~" : "", format_type_extended(type, -1, FORMAT_TYPE_FORCE_QUALIFY));
}

SERVER_CODE const char *mark_of_from(const Query *query) {
  shape found;
  initStringInfo(&found.said);
  put_joins(found, reinterpret_cast<Node *>(query->jointree));
  ListCell *cell;
  foreach (cell, query->rtable) put_entry(found, lfirst_node(RangeTblEntry, cell));
  return found.any ? found.said.data : nullptr;
}

}  // namespace primecloud::review
