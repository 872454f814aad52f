#include "contract/list.hpp"

#include "contract/catalog_tree.hpp"
#include "core/json/text.hpp"
#include "pg/string_info.hpp"

extern "C" {
#include "nodes/nodeFuncs.h"
#include "parser/parsetree.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"
}

namespace primecloud::contract {
namespace {

struct found_call {
  const Query *query = nullptr;
  Node *scope = nullptr;
};

SERVER_CODE found_call find_call(const Query *query, Oid make_cursor) {
  check_stack_depth();
  const ListCell *cell;
  foreach (cell, query->targetList) {
    Node *expression = reinterpret_cast<Node *>(lfirst_node(TargetEntry, cell)->expr);
    if (!IsA(expression, FuncExpr)) continue;
    const auto *call = reinterpret_cast<FuncExpr *>(expression);
    if (call->funcid == make_cursor) return {query, static_cast<Node *>(linitial(call->args))};
  }
  foreach (cell, query->rtable) {
    const auto *entry = lfirst_node(RangeTblEntry, cell);
    if (entry->rtekind != RTE_SUBQUERY) continue;
    const found_call below = find_call(entry->subquery, make_cursor);
    if (below.query != nullptr) return below;
  }
  return {};
}

// The column's own name, below what only hands it on.
SERVER_CODE const char *name_of(const Query *query, Node *expression) {
  check_stack_depth();
  if (IsA(expression, RelabelType))
    return name_of(query, reinterpret_cast<Node *>(reinterpret_cast<RelabelType *>(expression)->arg));
  if (!IsA(expression, Var)) return nullptr;
  const auto *column = reinterpret_cast<Var *>(expression);
  if (column->varlevelsup != 0 || column->varattno <= 0) return nullptr;
  const RangeTblEntry *entry = rt_fetch(column->varno, query->rtable);
  if (entry->rtekind == RTE_SUBQUERY && entry->subquery->setOperations == nullptr) {
    const auto *below = static_cast<TargetEntry *>(list_nth(entry->subquery->targetList, column->varattno - 1));
    if (const char *name = name_of(entry->subquery, reinterpret_cast<Node *>(below->expr))) return name;
  }
  return strVal(list_nth(entry->eref->colnames, column->varattno - 1));
}

SERVER_CODE void write_sort(StringInfo out, const Query *query) {
  appendStringInfoChar(out, '[');
  char separator = ' ';
  const ListCell *cell;
  foreach (cell, query->sortClause) {
    const auto *by = lfirst_node(SortGroupClause, cell);
    const TargetEntry *entry = nullptr;
    const ListCell *target;
    foreach (target, query->targetList) {
      if (lfirst_node(TargetEntry, target)->ressortgroupref == by->tleSortGroupRef)
        entry = lfirst_node(TargetEntry, target);
    }
    if (entry == nullptr) continue;
    Node *expression = reinterpret_cast<Node *>(entry->expr);
    const char *name = name_of(query, expression);
    const bool down = lookup_type_cache(exprType(expression), TYPECACHE_GT_OPR)->gt_opr == by->sortop;
    appendStringInfo(out, "%c[", separator);
    write_json_string(name == nullptr ? "" : name, pg::into(out));
    appendStringInfo(out, ",\"%s\"]", down ? "desc" : "asc");
    separator = ',';
  }
  appendStringInfoChar(out, ']');
}

// A scope that begins with a constant and goes on with what is filtered by is told with a star in the other's place.
SERVER_CODE void write_scope(StringInfo out, Node *scope) {
  bool goes_on = false;
  while (IsA(scope, OpExpr) && reinterpret_cast<OpExpr *>(scope)->opfuncid == F_TEXTCAT) {
    scope = static_cast<Node *>(linitial(reinterpret_cast<OpExpr *>(scope)->args));
    goes_on = true;
  }
  const constants known = read_constant(scope);
  if (known.count != 1 || known.all[0].is != constant::kind::text) {
    appendStringInfoString(out, "null");
    return;
  }
  write_json_string(goes_on ? psprintf("%s*", known.all[0].text.data()) : known.all[0].text.data(), pg::into(out));
}

}  // namespace

SERVER_CODE void write_list(StringInfo out, Oid function, const Query *body, Oid make_cursor) {
  const found_call found = find_call(body, make_cursor);
  if (found.query == nullptr) return;
  appendStringInfo(out, "%c{\"of\":%u,\"list\":{\"scope\":", out->len == 0 ? '[' : ',', function);
  write_scope(out, found.scope);
  appendStringInfoString(out, ",\"sort\":");
  write_sort(out, found.query);
  appendStringInfoString(out, "}}");
}

}  // namespace primecloud::contract
