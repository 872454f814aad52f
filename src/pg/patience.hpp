// A lock that is taken only when it is free, asked for again and again for a short while: a request that
// queues would hold off everybody who comes after it, for as long as somebody else leaves a transaction open.
#pragma once

#include "pg/postgres.hpp"

extern "C" {
#include "miscadmin.h"
#include "storage/proc.h"
#include "utils/timestamp.h"
}

namespace primecloud::pg {

inline constexpr int patience = 2000, between_tries = 10;  // milliseconds

// Whether attempt() said true before that time, or lock_timeout if that is shorter, was over.
template <class F>
SERVER_CODE bool patiently(F &&attempt) {
  const int longest = LockTimeout > 0 && LockTimeout < patience ? LockTimeout : patience;
  const TimestampTz end = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), longest);
  while (!attempt()) {
    if (GetCurrentTimestamp() >= end) return false;
    pg_usleep(between_tries * 1000L);
    CHECK_FOR_INTERRUPTS();
  }
  return true;
}

}  // namespace primecloud::pg
