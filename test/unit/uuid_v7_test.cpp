#include "core/types/uuid_v7.hpp"

#include <gtest/gtest.h>

namespace primecloud {
namespace {
constexpr std::uint8_t random[8] = {0xd8, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f};

TEST(UuidV7, LaysOutTimeVersionAndVariant) {
  // RFC 9562, appendix A.6: 2022-02-22 19:22:22 UTC, rand_a 0xCC3.
  const auto id = make_uuid_v7(1645557742000LL * 1'000'000 + 0xCC3 * 1'000'000LL / 4096 + 1, random);
  const uuid expected{{0x01, 0x7f, 0x22, 0xe2, 0x79, 0xb0, 0x7c, 0xc3, 0x98, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f}};
  EXPECT_EQ(id, expected);
  EXPECT_EQ(uuid_v7_time(id)->microseconds, 1645557742000LL * 1000 - postgres_epoch_unix_microseconds);
}

TEST(UuidV7, NeverGoesBackWhenTheClockDoes) {
  std::int64_t last = 0;
  uuid before{};
  for (std::int64_t clock : {5'000'000'000LL, 5'000'000'000LL, 4'000'000'000LL, 5'000'000'100LL}) {
    const auto id = make_uuid_v7(next_uuid_v7_time(clock, last), random);
    EXPECT_LT(before, id);
    before = id;
  }
}

TEST(UuidV7, OtherVersionsHaveNoTime) { EXPECT_FALSE(uuid_v7_time(uuid{})); }
}  // namespace
}  // namespace primecloud
