// The tables of a tree that have rows of their own.  Server code.
#pragma once

#include "pg/postgres.hpp"

extern "C" {
#include "access/table.h"
#include "catalog/pg_inherits.h"
#include "utils/rel.h"
}

namespace primecloud::tenant {

// Under a lock that stays.
SERVER_CODE inline Relation open_whole(Oid table) {
  Relation whole = try_table_open(table, AccessShareLock);
  if (whole == nullptr)
    ereport(ERROR, errcode(ERRCODE_UNDEFINED_TABLE), errmsg("there is no table %u", table),
            errhint("It was dropped meanwhile."));
  return whole;
}

// Calls visit(leaf) for every table of a tree that has rows of its own, under a lock that stays.
template <class F>
SERVER_CODE void for_each_leaf(Oid table, F &&visit) {
  const ListCell *cell;
  foreach (cell, find_all_inheritors(table, AccessShareLock, nullptr)) {
    Relation leaf = table_open(lfirst_oid(cell), NoLock);
    if (!RELATION_IS_OTHER_TEMP(leaf)) visit(leaf);
    table_close(leaf, NoLock);
  }
}

}  // namespace primecloud::tenant
