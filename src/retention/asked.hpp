// What a transaction deletes after it has asked which holds there are.  Server code.
#pragma once

#include "pg/postgres.hpp"

extern "C" {
#include "utils/snapshot.h"
}

namespace primecloud::retention {

// By function that deletes itself (heed_holds), or in a batch of the extension's own.
enum class asker { function, batch };

// That who deletes from a table has asked by a snapshot: COMMIT asks once more.
SERVER_CODE void note_asked(Oid table, asker by, Snapshot seen);

// Raises 40001 where the rows that were deleted from a table, or those that went along, are held by what a snapshot
// does not see: a hold, or a key by which they went.
SERVER_CODE void ask_once_more(Oid table, asker by, Snapshot seen);

// After a batch, whose statement may have waited for a lock: asked at once, where it can be tried again, and at COMMIT.
SERVER_CODE void note_removal(Oid table, Snapshot seen);

// Without waiting: the other side of the lock of whoever places a hold that keeps rows of a table.
SERVER_CODE bool is_being_held(Oid table);
SERVER_CODE void hold_off_askers(Oid table);
SERVER_CODE const char *name_of(Oid table);

}  // namespace primecloud::retention
