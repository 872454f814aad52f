#include "secret/key_hold.hpp"

#include "pg/startup.hpp"

extern "C" {
#include "access/xact.h"
#include "storage/lmgr.h"
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

void wait_for_sealers(std::int64_t id) { WaitForLockers(lock_of(id), ExclusiveLock, false); }

}  // namespace primecloud::secret
