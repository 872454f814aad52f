#include "contract/nullability.hpp"

extern "C" {
#include "catalog/pg_class.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_rewrite.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
}

namespace primecloud::contract {
namespace {

struct looked_at {
  Oid relation;
  column_states columns;  // nothing while it is being looked at
};

SERVER_CODE Node *tree_in(int cache, HeapTuple row, AttrNumber attribute) {
  bool is_null;
  const Datum tree = SysCacheGetAttr(cache, row, attribute, &is_null);
  return is_null ? nullptr : static_cast<Node *>(stringToNode(text_to_cstring(DatumGetTextPP(tree))));
}

SERVER_CODE column_states columns_of_view(walk &all, Oid view) {
  HeapTuple rule = SearchSysCache2(RULERELNAME, ObjectIdGetDatum(view), PointerGetDatum("_RETURN"));
  if (!HeapTupleIsValid(rule)) return {};
  Node *action = tree_in(RULERELNAME, rule, Anum_pg_rewrite_ev_action);
  ReleaseSysCache(rule);
  if (action == nullptr || !IsA(action, List)) return {};
  return columns_of_query(all, linitial_node(Query, reinterpret_cast<List *>(action)), nullptr, nullptr);
}

}  // namespace

column_state nth(const column_states &states, int number) noexcept {
  return number < 1 || number > states.count ? column_state{} : states.all[number - 1];
}

SERVER_CODE column_states make_states(int count) {
  auto *all = static_cast<column_state *>(palloc0(sizeof(column_state) * static_cast<size_t>(count + 1)));
  return {all, count};
}

SERVER_CODE walk begin_walk() {
  HASHCTL shape{};
  shape.keysize = sizeof(Oid);
  shape.entrysize = sizeof(looked_at);
  shape.hcxt = CurrentMemoryContext;
  return {hash_create("relations of a contract", 256, &shape, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT)};
}

SERVER_CODE column_states columns_of_relation(walk &all, Oid relation) {
  check_stack_depth();
  bool is_known;
  auto *entry = static_cast<looked_at *>(hash_search(all.relations, &relation, HASH_ENTER, &is_known));
  if (is_known) return entry->columns;
  entry->columns = {};
  column_states found;
  switch (get_rel_relkind(relation)) {
    case RELKIND_VIEW:
    case RELKIND_MATVIEW: found = columns_of_view(all, relation); break;
    case RELKIND_RELATION:
    case RELKIND_PARTITIONED_TABLE:
    case RELKIND_FOREIGN_TABLE: found = columns_of_table(all, relation); break;
    default: return {};
  }
  // (The table may have grown meanwhile.)
  entry = static_cast<looked_at *>(hash_search(all.relations, &relation, HASH_FIND, nullptr));
  return entry->columns = found;
}

SERVER_CODE const Query *body_of(Oid function) {
  HeapTuple row = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
  if (!HeapTupleIsValid(row)) return nullptr;
  Node *body = tree_in(PROCOID, row, Anum_pg_proc_prosqlbody);
  ReleaseSysCache(row);
  if (body == nullptr || IsA(body, Query)) return reinterpret_cast<Query *>(body);
  // (BEGIN ATOMIC END is a list of no list.)
  const auto *statements = IsA(body, List) ? static_cast<Node *>(linitial(reinterpret_cast<List *>(body))) : nullptr;
  if (statements == nullptr || !IsA(statements, List)) return nullptr;
  const Query *last = nullptr;
  const ListCell *cell;
  foreach (cell, reinterpret_cast<const List *>(statements)) {
    const auto *statement = lfirst_node(Query, cell);
    if (statement->canSetTag) last = statement;
  }
  return last;
}

}  // namespace primecloud::contract
