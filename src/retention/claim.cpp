// One runner per policy: a lock that outlives transactions and that nobody else
// can take.  An advisory lock would do, were it not open to every user: whoever
// held it could stop all expiry without a trace.
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"

extern "C" {
#include "storage/ipc.h"
#include "storage/lock.h"
}

namespace {
using namespace primecloud;

LOCKTAG claimed;
bool claiming = false;

// The server itself releases the lock when the transaction that is running
// aborts, so it may be gone already.
SERVER_CODE void release_claim() {
  if (claiming && pg::holds_lock(claimed, ExclusiveLock)) LockRelease(&claimed, ExclusiveLock, true);
  claiming = false;
}

LOCKTAG tag_of(pg::relation keyspace, int64 policy) {
  LOCKTAG tag;
  SET_LOCKTAG_OBJECT(tag, MyDatabaseId, keyspace.oid, static_cast<Oid>(policy), 1);
  return tag;
}

SERVER_CODE bool claim(pg::relation keyspace, int64 policy) noexcept {
  static bool registered = false;
  if (!registered) {
    before_shmem_exit([](int, Datum) { release_claim(); }, 0);
    registered = true;
  }
  const LOCKTAG tag = tag_of(keyspace, policy);
  if (claiming && pg::holds_lock(claimed, ExclusiveLock)) {
    if (memcmp(&tag, &claimed, sizeof tag) == 0) return true;
    release_claim();  // one policy at a time: the other one's run failed
  }
  if (LockAcquire(&tag, ExclusiveLock, true, true) == LOCKACQUIRE_NOT_AVAIL) return false;
  claimed = tag;
  claiming = true;
  return true;
}

SERVER_CODE bool release(pg::relation keyspace, int64 policy) noexcept {
  const LOCKTAG tag = tag_of(keyspace, policy);
  if (!claiming || memcmp(&tag, &claimed, sizeof tag) != 0) return false;
  release_claim();
  return true;
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_retention_claim, claim);
PRIMECLOUD_FUNCTION(primecloud_retention_release, release);
