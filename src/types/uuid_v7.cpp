// uuid_v7(), uuid_timestamp(uuid), uuid_v7_floor(timestamptz).
#include "core/types/uuid_v7.hpp"

#include <ctime>

#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"

namespace {
using namespace primecloud;

// Random bytes in bulk: asking the system for each identifier would cost more
// than making it.  A child process has its own pool, or it would repeat ours.
class random_pool {
 public:
  std::span<const std::uint8_t, 8> take() {
    if (owner_ != MyProcPid || used_ + 8 > sizeof bytes_) refill();
    const auto *first = bytes_ + used_;
    used_ += 8;
    return std::span<const std::uint8_t, 8>{first, 8};
  }

 private:
  void refill() {
    if (!pg_strong_random(bytes_, sizeof bytes_)) {
      throw error(sqlstate{"58000"}, "could not get random bytes from the operating system");
    }
    used_ = 0;
    owner_ = MyProcPid;
  }
  std::uint8_t bytes_[4096]{};
  size_t used_ = sizeof bytes_;
  int owner_ = 0;
};

constinit random_pool pool;
std::int64_t last_time = 0;

uuid uuid_v7() {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  const auto time = next_uuid_v7_time(now.tv_sec * 1'000'000'000LL + now.tv_nsec, last_time);
  return make_uuid_v7(time, pool.take());
}

uuid floor_of(timestamp time) noexcept { return uuid_v7_floor(time); }
std::optional<timestamp> uuid_timestamp(uuid id) noexcept { return uuid_v7_time(id); }
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_uuid_v7, uuid_v7);
PRIMECLOUD_FUNCTION(primecloud_uuid_timestamp, uuid_timestamp);
PRIMECLOUD_FUNCTION(primecloud_uuid_v7_floor, floor_of);
