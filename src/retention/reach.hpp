// What a deletion takes along by the keys of this moment.  Server code.
#pragma once

#include "pg/postgres.hpp"

extern "C" {
#include "utils/snapshot.h"
}

namespace primecloud::retention {

// A table that rows are deleted from, or a column is changed in.
struct reached {
  Oid table;
  bool deleted;  // rows of it; else a column
  bool carried;  // by a key: not the table itself, nor a part of it
  bool fresh;    // on a way that a snapshot does not see
};

// Visits whatever is reached from a table of which rows are deleted (and, where that may be, changed), down to the
// last table: the first visit is of itself.  Catalogs are read as they are now, and no table is locked: a key is made
// under a lock that whoever has deleted from its table keeps off.  Some are visited more than once, by other ways.
using visitor = void (*)(const reached &found, void *context);
SERVER_CODE void walk_reach(Oid table, bool changes, Snapshot seen, visitor visit, void *context);

// Whether a table is another or below it, at any level and by any of its parents.
SERVER_CODE bool is_part_of(Oid table, Oid whole);

}  // namespace primecloud::retention
