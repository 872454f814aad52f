#include "core/types/uuid_v7.hpp"

#include "cases.hpp"
#include "core/types/typeid.hpp"

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

TEST(UuidV7, AgreesWithEveryVector) {
  for_each_case("uuid_vectors.jsonl", [](const nlohmann::json &line) {
    const auto id = parse_uuid(line.at("uuid").get<std::string>());
    ASSERT_TRUE(id);
    const auto made = uuid_v7_time(*id);
    // Only version 7 has a time here, though versions 1 and 6 hold one too.
    ASSERT_EQ(made.has_value(), line.at("version") == 7);
    if (made) {
      EXPECT_EQ(made->microseconds, line.at("unix_ms").get<std::int64_t>() * 1000 - postgres_epoch_unix_microseconds);
    }
  });
}

TEST(UuidV7, FloorIsNotAboveWhatIsMadeAtThatTime) {
  for (const std::int64_t unix_ms : {0LL, 1LL, 946'684'799'999LL, 1'645'557'742'000LL, 281'474'976'710'655LL}) {
    for (const int microseconds : {0, 1, 999}) {
      const timestamp time{unix_ms * 1000 + microseconds - postgres_epoch_unix_microseconds};
      const uuid floor = uuid_v7_floor(time);
      if (unix_ms < 9'000'000'000'000)
        EXPECT_LE(floor, make_uuid_v7(unix_ms * 1'000'000 + microseconds * 1000, random));
      EXPECT_EQ(uuid_v7_time(floor)->microseconds, unix_ms * 1000 - postgres_epoch_unix_microseconds);
    }
  }
  EXPECT_EQ(uuid_v7_floor(timestamp::minus_infinity()), uuid_v7_floor({-postgres_epoch_unix_microseconds}));
  EXPECT_LT(uuid_v7_floor({0}), uuid_v7_floor(timestamp::infinity()));
  EXPECT_LT(uuid_v7_floor({-1}), uuid_v7_floor({0}));
}

TEST(UuidV7, OtherVersionsHaveNoTime) { EXPECT_FALSE(uuid_v7_time(uuid{})); }
}  // namespace
}  // namespace primecloud
