#include "core/tenant/carried.hpp"

#include <gtest/gtest.h>

#include "core/base64.hpp"

namespace primecloud {
namespace {

constexpr std::uint8_t carried_nonce[carried_nonce_size] = {3, 1, 4};
constexpr timestamp sent_at{850'000'000'000'000};

carrying_key carrying_root(std::int32_t version, std::uint8_t first) {
  root_key root;
  root.version = version;
  root.bytes.fill(first);
  return carrying_key(root);
}

const carrying_key carried_under = carrying_root(2, 7);
const carried_session carried_for{"shop", 10'000'004'711};

std::string sent_text(std::string_view identity = "the identity") {
  return carry(carried_under, carried_for, sent_at, identity, carried_nonce);
}

carried_state state_at(std::int64_t later, const std::string &text = sent_text()) {
  return read_carried(carried_under, carried_for, timestamp{sent_at.microseconds + later}, text).state;
}

TEST(Carried, ArrivesAsItWent) {
  for (const std::string &identity : {std::string(), std::string("x"), std::string(1000, 'y')}) {
    const carried found = read_carried(carried_under, carried_for, sent_at, sent_text(identity));
    EXPECT_EQ(found.state, carried_state::taken);
    EXPECT_EQ(found.identity, identity);
  }
  EXPECT_EQ(carried_root_version(sent_text()), 2);
  EXPECT_EQ(sent_text().find("identity"), std::string::npos);
}

TEST(Carried, MayBeForOneRole) {
  const std::string text = carry(carried_under, carried_for, sent_at, "the identity", carried_nonce, "owner");
  const carried found = read_carried(carried_under, carried_for, sent_at, text);
  EXPECT_EQ(found.role, "owner");
  EXPECT_EQ(found.identity, "the identity");
  EXPECT_EQ(read_carried(carried_under, carried_for, sent_at, sent_text()).role, "");
  EXPECT_EQ(read_carried(carried_under, carried_for, timestamp{sent_at.microseconds + 60'000'000}, text).role, "owner");
}

// While a cluster is upgraded, one node sends what another release reads.
TEST(Carried, FormatStays) {
  EXPECT_EQ(carry(carrying_root(1, 1), {"db", 1}, timestamp{0}, "id", carried_nonce),
            "AQAAAAEDAQQAAAAAAAAAAAAAAAAAAAAAAAAAAADZrOsCO7xuC9pZ7UyC9AC/9PzoLi1iu9g3Tp1fONEqQaZH0A==");
}

TEST(Carried, IsForOneSessionOfOneDatabase) {
  const std::string text = sent_text();
  EXPECT_EQ(read_carried(carried_under, {"shop", carried_for.number + 1}, sent_at, text).state,
            carried_state::of_another_session);
  EXPECT_EQ(read_carried(carried_under, {"shop", 0}, sent_at, text).state, carried_state::of_another_session);
  for (const char *database : {"", "sho", "shop2", "SHOP"})
    EXPECT_EQ(read_carried(carried_under, {database, carried_for.number}, sent_at, text).state,
              carried_state::false_text);
  EXPECT_TRUE(read_carried(carried_under, {"shop", 0}, sent_at, text).identity.empty());
}

TEST(Carried, NeedsTheRootKey) {
  for (const carrying_key &other : {carrying_root(2, 8), carrying_root(1, 7), carrying_root(3, 7)})
    EXPECT_EQ(read_carried(other, carried_for, sent_at, sent_text()).state, carried_state::false_text);
}

TEST(Carried, LivesForSeconds) {
  for (const std::int64_t good : {-carried_leeway, std::int64_t{0}, carried_life, carried_life + carried_leeway - 1})
    EXPECT_EQ(state_at(good), carried_state::taken) << good;
  EXPECT_EQ(state_at(carried_life + carried_leeway), carried_state::late);
  EXPECT_EQ(state_at(std::int64_t{1} << 40), carried_state::late);
  EXPECT_EQ(state_at(-carried_leeway - 1), carried_state::of_another_clock);
  const carried late =
      read_carried(carried_under, carried_for, timestamp{sent_at.microseconds + 60'000'000}, sent_text());
  EXPECT_TRUE(late.identity.empty());
}

TEST(Carried, NoBitMayDiffer) {
  auto bytes = base64_decode(sent_text());
  for (std::size_t bit = 0; bit < bytes.size() * 8; bit++) {
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    const carried found = read_carried(carried_under, carried_for, sent_at, base64_encode(bytes));
    EXPECT_EQ(found.state, carried_state::false_text) << bit;
    EXPECT_TRUE(found.identity.empty());
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
  }
}

TEST(Carried, NoPartIsEnough) {
  const std::string text = sent_text();
  for (std::size_t size = 0; size < text.size(); size++)
    EXPECT_EQ(state_at(0, text.substr(0, size)), carried_state::false_text) << size;
  for (const char *bad : {"", " ", "AQ", "==", "AQAAAAA"}) EXPECT_EQ(carried_root_version(bad), std::nullopt) << bad;
  EXPECT_EQ(state_at(0, text + "A"), carried_state::false_text);
  EXPECT_EQ(state_at(0, " " + text), carried_state::false_text);
  EXPECT_EQ(state_at(0, text + text), carried_state::false_text);
  const std::string long_text = sent_text(std::string(longest_carried, 'x'));
  EXPECT_EQ(state_at(0, long_text), carried_state::false_text);
}

}  // namespace
}  // namespace primecloud
