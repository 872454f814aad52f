#include "core/page/cursor.hpp"

#include <gtest/gtest.h>

#include "core/base64url.hpp"

namespace primecloud {
namespace {
const cursor_key key{-7, {1, 2, 3}};
const position at{{-123456789}, {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 255}}};

TEST(Cursor, ComesBackAsItWent) {
  const auto text = encode_cursor(at, key, "orders by created_at", "account");
  EXPECT_EQ(text.size(), 60u);
  EXPECT_EQ(cursor_key_id(text), key.id);
  const auto back = decode_cursor(text, key, "orders by created_at", "account");
  ASSERT_TRUE(back);
  EXPECT_EQ(back->time, at.time);
  EXPECT_EQ(back->id, at.id);
}

TEST(Cursor, OfAnotherVersionNamesNoKey) {
  auto text = encode_cursor(at, key, "orders by created_at", "account");
  text[0] = text[0] == 'A' ? 'Q' : 'A';  // the upper bits of the version
  EXPECT_FALSE(cursor_key_id(text));
}

TEST(Cursor, BelongsToItsScopeAccountAndKey) {
  const auto text = encode_cursor(at, key, "ab", "c");
  EXPECT_FALSE(decode_cursor(text, key, "a", "bc"));
  EXPECT_FALSE(decode_cursor(text, key, "ab", "d"));
  EXPECT_FALSE(decode_cursor(text, key, "ac", "c"));
  EXPECT_FALSE(decode_cursor(text, cursor_key{-7, {1, 2, 4}}, "ab", "c"));
}

TEST(Cursor, EveryBitCounts) {
  const auto text = encode_cursor(at, key, "scope", "account");
  const auto bytes = *base64url_decode(text);
  for (std::size_t bit = 0; bit < bytes.size() * 8; bit++) {
    auto altered = bytes;
    altered[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    EXPECT_FALSE(decode_cursor(base64url_encode(altered), key, "scope", "account")) << bit;
  }
  for (std::size_t size = 0; size < text.size(); size++)
    EXPECT_FALSE(decode_cursor(text.substr(0, size), key, "scope", "account"));
  EXPECT_FALSE(decode_cursor(text + "A", key, "scope", "account"));
}

TEST(Base64Url, IsStrict) {
  const std::uint8_t bytes[] = {0xfb, 0xff, 0x00, 0x01};
  EXPECT_EQ(base64url_encode(bytes), "-_8AAQ");
  EXPECT_EQ(base64url_encode({}), "");
  ASSERT_TRUE(base64url_decode("-_8AAQ"));
  using namespace std::string_view_literals;
  for (const auto bad :
       {"-_8AAQ=="sv, "-_8AAR"sv, "+/8AAQ"sv, "-_8AA"sv, "A"sv, " -_8AAQ"sv, "-_8A\nQ"sv, "-_8AAQ\0"sv}) {
    EXPECT_FALSE(base64url_decode(bad)) << bad;
  }
}
}  // namespace
}  // namespace primecloud
