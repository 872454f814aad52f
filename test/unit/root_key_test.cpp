#include "core/secret/root_key.hpp"

#include <gtest/gtest.h>

#include "core/secret/keyed_hash.hpp"

namespace primecloud {
namespace {

const std::string one(64, 'a'), two(64, 'B');

TEST(RootKey, TakesAFileOfVersions) {
  const auto keys = parse_root_keys("# made on Monday\r\n\n2:" + two + "\r\n1:" + one);
  ASSERT_TRUE(keys);
  ASSERT_EQ((*keys).size(), 2U);
  EXPECT_EQ((*keys)[0].version, 1);
  EXPECT_EQ((*keys)[1].version, 2);
  EXPECT_EQ((*keys)[0].bytes[31], 0xaa);
  EXPECT_EQ((*keys)[1].bytes[0], 0xbb);
}

TEST(RootKey, SaysWhichLineIsWrongAndQuotesNothing) {
  const std::pair<std::string, const char *> cases[] = {{"", "empty"},
                                                        {"\n# nothing\n", "empty"},
                                                        {one, "line 1"},
                                                        {":" + one, "line 1"},
                                                        {"x:" + one, "line 1"},
                                                        {"1x:" + one, "line 1"},
                                                        {" 1:" + one, "line 1"},
                                                        {"-1:" + one, "line 1"},
                                                        {"0:" + one, "line 1"},
                                                        {"99999999999:" + one, "line 1"},
                                                        {"1:" + one + "a", "line 1"},
                                                        {"1:" + one.substr(1), "line 1"},
                                                        {"1: " + one, "line 1"},
                                                        {"1:" + one + " ", "line 1"},
                                                        {"1:" + one.substr(1) + "g", "line 1"},
                                                        {"1:" + std::string(64, '0'), "line 1"},
                                                        {"1:" + one + "\n1:" + two, "line 2"},
                                                        {"# 1\n1:" + one + "\n\nsecret-by-mistake", "line 4"},
                                                        {std::string("1:") + std::string(1, '\0') + one, "line 1"},
                                                        {std::string(longest_root_key_file + 1, '#'), "too long"}};
  for (const auto &[text, where] : cases) {
    const auto keys = parse_root_keys(text);
    ASSERT_FALSE(keys) << text;
    EXPECT_STREQ(keys.reason().code.text, "PC001");
    EXPECT_NE(keys.reason().message.find(where), std::string::npos) << keys.reason().message;
    EXPECT_EQ((keys.reason().message + keys.reason().hint).find("aaaa"), std::string::npos) << "no part of a key";
    EXPECT_EQ((keys.reason().message + keys.reason().hint).find("mistake"), std::string::npos);
  }
}

TEST(RootKey, WrapsForOneKeyAlone) {
  const auto roots = parse_root_keys("1:" + one + "\n2:" + two);
  ASSERT_TRUE(roots);
  const root_key &root = (*roots)[0], &other = (*roots)[1];
  std::array<std::uint8_t, 32> key, out;
  key.fill(9);
  const std::array<std::uint8_t, 24> nonce{};
  const auto wrapped = wrap_key(key, root, {5, "tenant", "seal"}, nonce);
  ASSERT_TRUE(unwrap_key(wrapped, root, {5, "tenant", "seal"}, out.data()));
  EXPECT_EQ(out, key);
  EXPECT_FALSE(unwrap_key(wrapped, root, {6, "tenant", "seal"}, out.data())) << "another id";
  EXPECT_FALSE(unwrap_key(wrapped, root, {5, "Tenant", "seal"}, out.data())) << "another tenant";
  EXPECT_FALSE(unwrap_key(wrapped, root, {5, "tenant", "index"}, out.data())) << "another purpose";
  EXPECT_FALSE(unwrap_key(wrapped, other, {5, "tenant", "seal"}, out.data())) << "another root";
  root_key renamed = root;
  renamed.version = 2;
  EXPECT_FALSE(unwrap_key(wrapped, renamed, {5, "tenant", "seal"}, out.data())) << "another version";
  for (std::size_t bit = 0; bit < wrapped.size() * 8; bit++) {
    auto altered = wrapped;
    altered[bit / 8] ^= static_cast<std::uint8_t>(1 << (bit % 8));
    EXPECT_FALSE(unwrap_key(altered, root, {5, "tenant", "seal"}, out.data())) << bit;
  }
  EXPECT_FALSE(unwrap_key({wrapped.data(), wrapped.size() - 1}, root, {5, "tenant", "seal"}, out.data()));
  EXPECT_NE(check_value(root), check_value(other));
}

TEST(KeyedHash, NoTwoUsesReadTheSame) {
  std::array<std::uint8_t, 32> key;
  key.fill(1);
  const auto hash = [&](std::string_view purpose, std::string_view name, std::string_view value) {
    return keyed_hash(key, purpose, name, {reinterpret_cast<const std::uint8_t *>(value.data()), value.size()});
  };
  const auto base = hash("token", "api", "value");
  EXPECT_EQ(base, hash("token", "api", "value"));
  for (const auto &other : {hash("toke", "napi", "value"), hash("token", "apiv", "alue"), hash("token", "", "apivalue"),
                            hash("token", "api", "valu"), hash("blind index", "api", "value")})
    EXPECT_NE(base, other);
}

}  // namespace
}  // namespace primecloud
