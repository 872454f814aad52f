#include "secret/key_hold.hpp"

#include "pg/patience.hpp"
#include "pg/startup.hpp"

extern "C" {
#include "access/xact.h"
#include "storage/lock.h"
}

namespace primecloud::secret {
namespace {

LocalTransactionId held_in = InvalidLocalTransactionId;
std::int64_t held_key = 0;

void at_sub_end(SubXactEvent event, SubTransactionId, SubTransactionId, void *) noexcept {
  if (event == SUBXACT_EVENT_ABORT_SUB) held_key = 0;  // its locks go with the savepoint
}
SERVER_CODE void watch_server() { RegisterSubXactCallback(at_sub_end, nullptr); }
const pg::startup watching{watch_server};

// Keys share a few locks: one for each would fill the server's table of locks where one
// statement seals for many tenants.  A retirement may so have to wait for a neighbour.
constexpr std::int64_t locks = 256;
LOCKTAG lock_of(std::int64_t id) noexcept {
  LOCKTAG tag;  // beside the advisory locks that SQL can take, which end in 1 and 2
  SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, 0, static_cast<uint32>(id % locks), 0x5043);
  return tag;
}

}  // namespace

bool hold_key(std::int64_t id) {
  if (held_in == pg::local_transaction() && held_key == id) return false;
  const LOCKTAG tag = lock_of(id);
  LockAcquire(&tag, ShareLock, false, false);
  held_in = pg::local_transaction();
  held_key = id;
  return true;
}

void wait_for_sealers(std::int64_t id) {
  const LOCKTAG tag = lock_of(id);
  int count = 0;
  VirtualTransactionId *sealers = GetLockConflicts(&tag, ExclusiveLock, &count);
  int ended = 0;  // who begins later seals with another key
  const bool alone = pg::patiently([&] {
    while (ended < count && VirtualXactLock(sealers[ended], false)) ended++;
    return ended == count;
  });
  if (alone) return;
  ereport(ERROR, errcode(ERRCODE_LOCK_NOT_AVAILABLE),
          errmsg("data key %lld may be in use by a transaction that is still open", static_cast<long long>(id)),
          errhint("Nothing has changed: try again when it has ended. pg_stat_activity and pg_prepared_xacts show "
                  "which are old."));
}

}  // namespace primecloud::secret
