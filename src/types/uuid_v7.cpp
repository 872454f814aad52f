// uuid_v7(), uuid_timestamp(uuid), uuid_v7_floor(timestamptz).
#include "core/types/uuid_v7.hpp"

#include <ctime>

#include "core/random_pool.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"

namespace {
using namespace primecloud;

std::int64_t last_time = 0;

uuid uuid_v7() noexcept {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  std::uint8_t random[8];
  take_random(random, MyProcPid);
  return make_uuid_v7(next_uuid_v7_time(now.tv_sec * 1'000'000'000LL + now.tv_nsec, last_time), random);
}

uuid floor_of(timestamp time) noexcept { return uuid_v7_floor(time); }
std::optional<timestamp> uuid_timestamp(uuid id) noexcept { return uuid_v7_time(id); }
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_uuid_v7, uuid_v7);
PRIMECLOUD_FUNCTION(primecloud_uuid_timestamp, uuid_timestamp);
PRIMECLOUD_FUNCTION(primecloud_uuid_v7_floor, floor_of);
