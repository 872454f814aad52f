// A heap that a superuser reads without SQL, so that nothing of its owner's runs as it is planned.  Server code.
#pragma once

#include "pg/postgres.hpp"

extern "C" {
#include "utils/rel.h"
}

namespace primecloud::tenant {

// Opened with AccessShareLock, which is waited for some seconds (55P03 after them); to be closed with relation_close(.,
// NoLock).  42501 to who is no superuser, with the hint what to ask instead; 42P01 where it was dropped; 42809 for what
// is no heap.
SERVER_CODE Relation open_heap_by_now(Oid table, const char *ask_instead);

}  // namespace primecloud::tenant
