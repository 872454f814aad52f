// What differs between servers of stored trees, and walks of them: as pg/server_version.hpp, for the few that read
// trees.
#pragma once

#include "pg/postgres.hpp"

namespace primecloud::pg {

// What a column of an entry of the range table stands for, where the entry is a join or, from 18 on, a grouping; else
// nullptr.
SERVER_CODE inline Node *behind_column(const RangeTblEntry *entry, AttrNumber column) {
  List *each = entry->rtekind == RTE_JOIN ? entry->joinaliasvars : NIL;
#if PG_VERSION_NUM >= 180000
  if (entry->rtekind == RTE_GROUP) each = entry->groupexprs;
#endif
  return column > 0 && column <= list_length(each) ? static_cast<Node *>(list_nth(each, column - 1)) : nullptr;
}

// A walk of a query and of the entries of its range table, each before what is in it.
SERVER_CODE inline bool walk_query_entries(Query *query, bool (*visit)(Node *, void *), void *context) {
  return query_tree_walker(query, reinterpret_cast<visit_of_tree>(reinterpret_cast<void *>(visit)), context,
                           QTW_EXAMINE_RTES_BEFORE);
}

// What a role needs to read a table goes with it into a query of its own, of which it is the only entry.
SERVER_CODE inline void take_rights_along([[maybe_unused]] Query *from, RangeTblEntry *left,
                                          [[maybe_unused]] Query *into, [[maybe_unused]] RangeTblEntry *taken) {
#if PG_VERSION_NUM >= 160000
  if (left->perminfoindex == 0) return;
  into->rteperminfos = list_make1(copyObjectImpl(getRTEPermissionInfo(from->rteperminfos, left)));
  taken->perminfoindex = 1;
  left->perminfoindex = 0;
#else
  left->requiredPerms = 0;
  left->checkAsUser = InvalidOid;
  left->selectedCols = left->insertedCols = left->updatedCols = left->extraUpdatedCols = nullptr;
#endif
}

// What a column of the entry that stands for the grouped rows is, from 18 on; else nullptr.
inline Node *grouped_expression([[maybe_unused]] const RangeTblEntry *entry, [[maybe_unused]] int number) noexcept {
#if PG_VERSION_NUM >= 180000
  if (entry->rtekind != RTE_GROUP) return nullptr;
  return static_cast<Node *>(list_nth(entry->groupexprs, number - 1));
#else
  return nullptr;
#endif
}

}  // namespace primecloud::pg
