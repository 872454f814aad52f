// What the core makes while somebody waits who may give up: a time limit, a cancelled query.
#pragma once

#include "core/review/nursery.hpp"
#include "pg/guard.hpp"

namespace primecloud::review {

inline void heed_interrupts() {
  pg::guarded([] { CHECK_FOR_INTERRUPTS(); });
}

}  // namespace primecloud::review
