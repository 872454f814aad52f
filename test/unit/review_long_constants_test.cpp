// Long constants in the text of a tree.
#include <gtest/gtest.h>

#include "core/review/long_constants.hpp"

namespace primecloud::review {
namespace {

std::string constant(std::string_view type, std::size_t length, char filled, char last) {
  const auto word = static_cast<std::uint32_t>((length + 4) << 2);
  std::string made = "{CONST :consttype " + std::string(type) + " :consttypmod -1 :constcollid 100 :constlen -1 ";
  made += ":constbyval false :constisnull false :location 9 :constvalue " + std::to_string(length + 4) + " [ ";
  for (int i = 0; i < 4; i++) made += std::to_string(static_cast<signed char>(word >> (8 * i))) + ' ';
  for (std::size_t i = 0; i + 1 < length; i++) made += std::to_string(filled) + ' ';
  return made + std::to_string(last) + " ]}";
}

std::string shortened(std::string text) {
  text.resize(shorten_constants(text.data(), text.size()));
  return text;
}

constexpr std::size_t many = longest_constant + 1;

TEST(ReviewLongConstants, AreTheirBeginningAndAHash) {
  const std::string before = "{OPEXPR :args (", after = ")} {VAR :varno 1}";
  const std::string made = shortened(before + constant("25", many, 'x', 'x') + after);
  EXPECT_TRUE(made.starts_with(before + "{CONST :consttype 25 "));
  EXPECT_TRUE(made.ends_with(" ]}" + after)) << made;
  EXPECT_LT(made.size(), 1000U);
  // 4 + 60 + 4 + 32 bytes, said at both places.
  EXPECT_NE(made.find(":constvalue 100 [ -112 1 0 0 120 120 "), made.npos) << made;
}

TEST(ReviewLongConstants, ThatDifferAreTwo) {
  EXPECT_NE(shortened(constant("25", many, 'x', 'y')), shortened(constant("25", many, 'x', 'x')));
  EXPECT_NE(shortened(constant("25", many + 1, 'x', 'x')), shortened(constant("25", many, 'x', 'x')));
  EXPECT_EQ(shortened(constant("25", many, 'x', 'x')), shortened(constant("25", many, 'x', 'x')));
}

TEST(ReviewLongConstants, EachOfManyIsShortened) {
  const std::string one = constant("1043", many, 'x', 'x'), other = constant("25", many, 'y', 'y');
  EXPECT_EQ(shortened(one + other + one + "."), shortened(one) + shortened(other) + shortened(one) + ".");
}

TEST(ReviewLongConstants, OthersAreAsTheyAre) {
  for (const std::string &text :
       {constant("25", 1000, 'x', 'x'), constant("3802", many, 'x', 'x'), std::string("{VAR :varno 1}"), std::string(),
        std::string(":constvalue 900000 [ 1 2 3 ]"), std::string("{CONST :consttype 25 :constvalue 900000 [ 1 2 3 ]}"),
        std::string("{CONST :consttype 25 :constvalue 900000 [ 1 2"), std::string("{CONST :consttype 25 :constvalue ")})
    EXPECT_EQ(shortened(text), text);
}

TEST(ReviewLongConstants, NoCharacterIsCut) {
  const std::string made = shortened(constant("25", many, static_cast<char>(-61), static_cast<char>(-68)));
  EXPECT_NE(made.find(":constvalue 100 [ -112 1 0 0 63 63 "), made.npos) << made;
}

}  // namespace
}  // namespace primecloud::review
