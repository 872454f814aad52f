// What differs between servers of query trees: as pg/server_version.hpp, for the few that read trees.
#pragma once

#include "pg/postgres.hpp"

namespace primecloud::pg {

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
