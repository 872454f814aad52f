// A time limit, a cancelled query: heeded where objects with destructors are alive.
#pragma once

#include "pg/guard.hpp"

extern "C" {
#include "miscadmin.h"
}

namespace primecloud::pg {

inline void heed_interrupts() {
  guarded([] { CHECK_FOR_INTERRUPTS(); });
}

}  // namespace primecloud::pg
