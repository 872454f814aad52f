#include "core/tenant/identity.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace primecloud {
namespace {

TEST(Identity, ComesBackAsItWent) {
  identity who;
  who.tenant = "7:3:x";
  who.user = "ann\n:5";
  who.role = role::external_client;
  who.expires = timestamp{-5};
  who.token_key = "2026:11";
  who.granted = {"", "11", std::string(255, 'z')};
  EXPECT_EQ(decode_identity(encode(who)), who);
  const auto text = encode(who);
  for (std::size_t size = 0; size + 1 < text.size(); size++) EXPECT_NE(decode_identity(text.substr(0, size)), who);
  for (const char *bad :
       {"", "x", "1:t", "1:t1:71:u4:king0:0:", "1:-1:71:u0:0:0:", "1:t1:71:u0:0:0:", "99999999999999999999:a", "5:t"})
    EXPECT_FALSE(decode_identity(bad)) << bad;

  std::vector<char> block(context_record::size(who));
  context_record::build(block.data(), who);
  const auto *record = reinterpret_cast<const context_record *>(block.data());
  EXPECT_EQ(record->tenant(), "7:3:x");
  EXPECT_EQ(record->user(), "ann\n:5");
  EXPECT_EQ(record->token_key(), "2026:11");
  EXPECT_TRUE(record->confined());
  EXPECT_TRUE(record->granted("11") && record->granted("") && record->granted(std::string(255, 'z')));
  EXPECT_FALSE(record->granted("1") || record->granted("111"));
  std::vector<std::string> ids;
  record->for_each_granted([&](std::string_view id) { ids.emplace_back(id); });
  EXPECT_EQ(ids, who.granted);
}

// Each row that a policy looks at asks for one id: found by halves, whatever order they were granted in.
TEST(Identity, GrantedIdsStandInOrder) {
  identity who;
  who.tenant = "7";
  who.user = "ann";
  who.role = role::external_client;
  for (int i = 0; i < 1000; i++) who.granted.push_back(std::to_string(i * 7919 % 1000));
  who.granted.push_back("\xff");
  const auto asked = decode_identity(encode(who));
  ASSERT_TRUE(asked);
  std::vector<char> block(context_record::size(*asked));
  context_record::build(block.data(), *asked);
  const auto *record = reinterpret_cast<const context_record *>(block.data());
  std::vector<std::string> ids;
  record->for_each_granted([&](std::string_view id) { ids.emplace_back(id); });
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
  EXPECT_EQ(ids.size(), who.granted.size());
  for (const auto &id : who.granted) EXPECT_TRUE(record->granted(id)) << id;
  for (const char *id : {"", "1000", "00", "/", "5 ", "\xfe", "\xff\xff"}) EXPECT_FALSE(record->granted(id)) << id;
}

TEST(Identity, EachIdIsGrantedOnce) {
  identity who;
  who.granted = {"b", "a", "b", "", "a"};
  order_granted(who);
  EXPECT_EQ(who.granted, (std::vector<std::string>{"", "a", "b"}));
}

TEST(Identity, KeysHaveOneSpelling) {
  EXPECT_TRUE(parse_bigint("-9223372036854775808"));
  for (const char *bad : {"", "01", "+1", "-0", " 1", "1 ", "9223372036854775808", "1e3"})
    EXPECT_FALSE(parse_bigint(bad)) << bad;
  EXPECT_TRUE(parse_uuid("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"));
  for (const char *bad : {"", "017F22E2-79B0-7CC3-98C4-DC0C0C07398F", "017f22e279b07cc398c4dc0c0c07398f",
                          "017f22e2-79b0-7cc3-98c4-dc0c0c07398g", "{17f22e2-79b0-7cc3-98c4-dc0c0c07398f}"})
    EXPECT_FALSE(parse_uuid(bad)) << bad;
}

}  // namespace
}  // namespace primecloud
