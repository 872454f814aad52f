// contract_view_condition: which rows a view shows, as a condition on the one relation that it is of.
#include "pg/function.hpp"
#include "pg/owned.hpp"

extern "C" {
#include "catalog/pg_rewrite.h"
#include "nodes/parsenodes.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteManip.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/ruleutils.h"
#include "utils/syscache.h"
}

namespace {
using namespace primecloud;

constexpr char oid_type[] = "oid";

SERVER_CODE const Query *query_of(Oid view) {
  HeapTuple rule = SearchSysCache2(RULERELNAME, ObjectIdGetDatum(view), PointerGetDatum("_RETURN"));
  if (!HeapTupleIsValid(rule)) return nullptr;
  bool is_null;
  const Datum tree = SysCacheGetAttr(RULERELNAME, rule, Anum_pg_rewrite_ev_action, &is_null);
  auto *action = is_null ? nullptr : static_cast<Node *>(stringToNode(text_to_cstring(DatumGetTextPP(tree))));
  ReleaseSysCache(rule);
  if (action == nullptr || !IsA(action, List)) return nullptr;
  return linitial_node(Query, reinterpret_cast<List *>(action));
}

// (Written without the relation's name, as a CHECK is, whatever else stands in the range table: servers differ in
// that.)
SERVER_CODE std::optional<std::string_view> contract_view_condition(pg::owned<oid_type> view) {
  const Query *query = query_of(DatumGetObjectId(view.value));
  if (query == nullptr || query->jointree == nullptr || query->jointree->quals == nullptr) return std::nullopt;
  if (list_length(query->jointree->fromlist) != 1) return std::nullopt;
  const auto *from = static_cast<const Node *>(linitial(query->jointree->fromlist));
  if (!IsA(from, RangeTblRef)) return std::nullopt;
  const int place = reinterpret_cast<const RangeTblRef *>(from)->rtindex;
  const RangeTblEntry *entry = rt_fetch(place, query->rtable);
  const Oid relation = entry->rtekind == RTE_RELATION ? entry->relid : InvalidOid;
  const char *name = OidIsValid(relation) ? get_rel_name(relation) : nullptr;
  if (name == nullptr) return std::nullopt;
  Node *condition = query->jointree->quals;
  ChangeVarNodes(condition, place, 1, 0);
  return std::string_view(deparse_expression(condition, deparse_context_for(name, relation), false, false));
}

}  // namespace

PRIMECLOUD_FUNCTION(primecloud_contract_view_condition, contract_view_condition);
