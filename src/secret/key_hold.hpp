// A key that seals is held until the transaction ends, and cannot be retired meanwhile.
#pragma once

#include <cstdint>

#include "pg/postgres.hpp"

namespace primecloud::secret {

// True if the lock is new, so that the key may have changed before it was held.
SERVER_CODE bool hold_key(std::int64_t id);

// Returns when every transaction that may have sealed with the key has ended.  Those that
// begin to seal meanwhile find the key that is active by then: it must be another, and
// begin_key() must be held, so that everybody has been told.  55P03 after a moment.
SERVER_CODE void wait_for_sealers(std::int64_t id);

}  // namespace primecloud::secret
