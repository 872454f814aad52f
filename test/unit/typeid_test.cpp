#include "core/types/typeid.hpp"

#include "cases.hpp"

namespace primecloud {
namespace {
TEST(TypeId, AgreesWithEveryCaseOfTheSpecification) {
  for_each_case("typeid_cases.jsonl", [](const nlohmann::json &line) {
    const auto text = line.at("typeid").get<std::string>();
    const auto parts = split_typeid(text);
    ASSERT_EQ(static_cast<bool>(parts), line.at("valid").get<bool>());
    if (!parts) {
      EXPECT_STREQ(parts.reason().code.text, "22P02");
      return;
    }
    EXPECT_EQ((*parts).prefix, line.at("prefix").get<std::string>());
    EXPECT_EQ((*parts).id, parse_uuid(line.at("uuid").get<std::string>()));
    EXPECT_EQ(*make_typeid((*parts).prefix, (*parts).id), text);
  });
}

TEST(TypeId, TakesPrefixesOf63Characters) {
  const std::string longest = "a" + std::string(61, '_') + "z";
  const auto text = make_typeid(longest, uuid{});
  ASSERT_TRUE(text);
  EXPECT_EQ((*text).size(), 90u);
  EXPECT_EQ((*split_typeid(*text)).prefix, longest);
  EXPECT_FALSE(make_typeid(longest + "z", uuid{}));
}

TEST(TypeId, ReadsOnlyTheCanonicalUuid) {
  EXPECT_TRUE(parse_uuid("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"));
  for (const char *text : {"", "017F22E2-79B0-7CC3-98C4-DC0C0C07398F", "017f22e279b07cc398c4dc0c0c07398f",
                           "{017f22e2-79b0-7cc3-98c4-dc0c0c07398}", "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
                           "017f22e2-79b0-7cc3-98c4+dc0c0c07398f"}) {
    EXPECT_FALSE(parse_uuid(text)) << text;
  }
}
}  // namespace
}  // namespace primecloud
