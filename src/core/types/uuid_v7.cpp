#include "core/types/uuid_v7.hpp"

#include <algorithm>

namespace primecloud {
namespace {
constexpr std::int64_t nanoseconds_per_millisecond = 1'000'000;
constexpr std::int64_t smallest_step = nanoseconds_per_millisecond / 4096 + 1;
}  // namespace

uuid make_uuid_v7(std::int64_t unix_nanoseconds, std::span<const std::uint8_t, 8> random) noexcept {
  const auto milliseconds = static_cast<std::uint64_t>(unix_nanoseconds / nanoseconds_per_millisecond);
  const auto fraction =
      static_cast<std::uint32_t>(unix_nanoseconds % nanoseconds_per_millisecond * 4096 / nanoseconds_per_millisecond);
  uuid id;
  for (int i = 0; i < 6; i++) id.octets[i] = static_cast<std::uint8_t>(milliseconds >> (40 - 8 * i));
  id.octets[6] = static_cast<std::uint8_t>(0x70 | fraction >> 8);
  id.octets[7] = static_cast<std::uint8_t>(fraction);
  std::copy(random.begin(), random.end(), id.octets.begin() + 8);
  id.octets[8] = static_cast<std::uint8_t>((id.octets[8] & 0x3f) | 0x80);
  return id;
}

std::int64_t next_uuid_v7_time(std::int64_t clock, std::int64_t &last) noexcept {
  last = std::max(clock, last + smallest_step);
  return last;
}

std::optional<timestamp> uuid_v7_time(const uuid &id) noexcept {
  if (id.octets[6] >> 4 != 7 || id.octets[8] >> 6 != 2) return std::nullopt;
  std::int64_t milliseconds = 0;
  for (int i = 0; i < 6; i++) milliseconds = milliseconds << 8 | id.octets[i];
  return timestamp{milliseconds * 1000 - postgres_epoch_unix_microseconds};
}

uuid uuid_v7_floor(timestamp time) noexcept {
  constexpr std::int64_t greatest = (1LL << 48) - 1;
  const std::int64_t since_2000 = time.microseconds / 1000 - (time.microseconds % 1000 < 0 ? 1 : 0);
  const auto milliseconds = std::clamp<std::int64_t>(since_2000 + postgres_epoch_unix_microseconds / 1000, 0, greatest);
  uuid id;
  for (int i = 0; i < 6; i++) id.octets[i] = static_cast<std::uint8_t>(milliseconds >> (40 - 8 * i));
  id.octets[6] = 0x70;
  id.octets[8] = 0x80;
  return id;
}

}  // namespace primecloud
