// base64url and the text of a uuid: one spelling for each value.
#include <gtest/gtest.h>

#include "core/base64url.hpp"
#include "core/uuid.hpp"

namespace primecloud {
namespace {

TEST(Base64url, EveryLengthComesBack) {
  std::vector<std::uint8_t> bytes;
  for (int i = 0; i < 200; i++) {
    const auto text = base64url_encode(bytes);
    EXPECT_EQ(text.size(), (bytes.size() * 8 + 5) / 6);
    EXPECT_EQ(text.find_first_of("+/="), text.npos) << text;
    EXPECT_EQ(base64url_decode(text), bytes) << text;
    bytes.push_back(static_cast<std::uint8_t>(251 * i));
  }
}

TEST(Base64url, AnotherSpellingIsNone) {
  EXPECT_EQ(base64url_decode("-_8"), (std::vector<std::uint8_t>{0xfb, 0xff}));
  for (const char *bad :
       {"A", "AAAAA", "AB", "AAB", "-_9", "AA==", "AA=", "+/8", "AA ", " AA", "A A", "AA\n", "A\u00e9"}) {
    EXPECT_FALSE(base64url_decode(bad)) << bad;
  }
  EXPECT_FALSE(base64url_decode(std::string_view("AA\0A", 4)));
}

TEST(Uuid, OneSpellingBothWays) {
  constexpr std::string_view text = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
  const auto id = parse_uuid(text);
  ASSERT_TRUE(id);
  EXPECT_EQ(id->octets[0], 0x01);
  EXPECT_EQ(id->octets[15], 0x8f);
  char written[uuid_text_size];
  write_uuid(*id, written);
  EXPECT_EQ(std::string_view(written, sizeof written), text);
  for (const char *bad : {"017F22e2-79b0-7cc3-98c4-dc0c0c07398f", "017f22e279b0-7cc3-98c4-dc0c0c07398f0",
                          "017f22e2-79b0-7cc3-98c4-dc0c0c0739-f", "017f22e2-79b0-7cc3-98c4-dc0c0c07-398",
                          "017f22e2-79b0-7cc3-98c4-dc0c0c07398g", "017f22e2-79b0-7cc3-98c4dc-0c0c07398f", ""}) {
    EXPECT_FALSE(parse_uuid(bad)) << bad;
  }
}

}  // namespace
}  // namespace primecloud
