// A row that is written beside the transaction: it is there at once, for everybody, and stays when the
// transaction is rolled back, so that nobody waits for its end.
#pragma once

#include "pg/postgres.hpp"

extern "C" {
#include "executor/tuptable.h"
#include "utils/rel.h"
}

namespace primecloud::pg {

// The caller holds ROW EXCLUSIVE, and knows that no unique index has the key: a row that an index refuses
// would stay in the table.
SERVER_CODE void insert_beside(Relation table, TupleTableSlot *slot);

}  // namespace primecloud::pg
