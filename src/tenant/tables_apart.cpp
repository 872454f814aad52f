#include "tenant/tables_apart.hpp"

#include "pg/server_version_trees.hpp"
#include "tenant/spread_tables.hpp"

extern "C" {
#include "access/table.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteManip.h"
#include "utils/rel.h"
}

namespace primecloud::tenant {
namespace {

constexpr int first_table = 1;

SERVER_CODE bool is_spread_below(Node *node, void *context) {
  if (node == nullptr) return false;
  if (IsA(node, RangeTblEntry)) {
    const auto *entry = reinterpret_cast<const RangeTblEntry *>(node);
    return entry->rtekind == RTE_RELATION && is_spread(entry->relid);
  }
  if (IsA(node, Query)) return pg::walk_query_entries(reinterpret_cast<Query *>(node), is_spread_below, context);
  return pg::walk_below(node, is_spread_below, context);
}

struct column_search {
  int table;
  Index depth;
};

// Whether something else than a column is asked of a table, at any depth.
SERVER_CODE bool is_asked_for_more(Node *node, void *given) {
  if (node == nullptr) return false;
  auto *search = static_cast<column_search *>(given);
  if (IsA(node, Var)) {
    const auto *var = reinterpret_cast<const Var *>(node);
    return var->varno == search->table && var->varlevelsup == search->depth && var->varattno <= 0;
  }
  if (!IsA(node, Query)) return pg::walk_below(node, is_asked_for_more, given);
  ++search->depth;
  const bool found = pg::walk_query(reinterpret_cast<Query *>(node), is_asked_for_more, given);
  --search->depth;
  return found;
}

SERVER_CODE bool is_locked(const Query *query, int table) {
  ListCell *cell;
  foreach (cell, query->rowMarks)
    if (static_cast<int>(lfirst_node(RowMarkClause, cell)->rti) == table) return true;
  return false;
}

SERVER_CODE bool may_stand_apart(Query *query, int number) {
  const RangeTblEntry *entry = rt_fetch(number, query->rtable);
  if (entry->rtekind != RTE_RELATION || entry->securityQuals == NIL) return false;
  if (entry->relkind != RELKIND_RELATION && entry->relkind != RELKIND_PARTITIONED_TABLE) return false;
  if (number == query->resultRelation || is_locked(query, number) || is_on_nodes(entry->relid)) return false;
  column_search search{number, 0};
  return !pg::walk_query(query, is_asked_for_more, &search);
}

// Each column where it stood; null for one that was dropped, which nobody asks for.
SERVER_CODE List *every_column(Oid table) {
  Relation relation = table_open(table, NoLock);  // the query's own lock
  TupleDesc columns = RelationGetDescr(relation);
  List *all = NIL;
  for (int i = 0; i < columns->natts; ++i) {
    const Form_pg_attribute column = TupleDescAttr(columns, i);
    const auto number = static_cast<AttrNumber>(i + 1);
    Expr *value = column->attisdropped ? reinterpret_cast<Expr *>(makeNullConst(INT4OID, -1, InvalidOid))
                                       : reinterpret_cast<Expr *>(makeVar(first_table, number, column->atttypid,
                                                                          column->atttypmod, column->attcollation, 0));
    all = lappend(all, makeTargetEntry(value, number, pstrdup(NameStr(column->attname)), false));
  }
  table_close(relation, NoLock);
  return all;
}

SERVER_CODE void put_apart(Query *query, int number) {
  RangeTblEntry *entry = rt_fetch(number, query->rtable);
  auto *table = static_cast<RangeTblEntry *>(copyObjectImpl(entry));
  ChangeVarNodes(reinterpret_cast<Node *>(table->securityQuals), number, first_table, 0);
  auto *apart = makeNode(Query);
  apart->commandType = CMD_SELECT;
  apart->canSetTag = true;
  apart->hasRowSecurity = true;
  apart->hasSubLinks = checkExprHasSubLink(reinterpret_cast<Node *>(table->securityQuals));
  apart->rtable = list_make1(table);
  auto *reference = makeNode(RangeTblRef);
  reference->rtindex = first_table;
  apart->jointree = makeFromExpr(list_make1(reference), nullptr);
  apart->targetList = every_column(entry->relid);
  pg::take_rights_along(query, entry, apart, table);
  entry->rtekind = RTE_SUBQUERY;
  entry->subquery = apart;
  entry->relid = InvalidOid;
  entry->relkind = 0;
  entry->rellockmode = 0;
  entry->inh = false;
  entry->tablesample = nullptr;
  entry->securityQuals = NIL;
}

SERVER_CODE bool put_apart_below(Node *node, void *context) {
  if (node == nullptr) return false;
  if (!IsA(node, Query)) return pg::walk_below(node, put_apart_below, context);
  auto *query = reinterpret_cast<Query *>(node);
  pg::walk_query(query, put_apart_below, context);
  if (!query->hasRowSecurity || query->commandType == CMD_MERGE) return false;
  for (int number = first_table + 1; number <= list_length(query->rtable); ++number)
    if (may_stand_apart(query, number)) put_apart(query, number);
  return false;
}

}  // namespace

void put_tables_apart(Query *query) {
  auto *node = reinterpret_cast<Node *>(query);
  if (is_spread_below(node, nullptr)) put_apart_below(node, nullptr);
}

}  // namespace primecloud::tenant
