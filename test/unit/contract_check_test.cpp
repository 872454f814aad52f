// What conditions say of columns: of many branches in a time that does not grow with their square.
#include "core/contract/check.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {
using namespace primecloud::contract;

// Branches that each say column 1 = a text of their own, and the whole of them.
struct branches {
  std::vector<std::string> texts;
  std::vector<constant> constants;
  std::vector<term> parts;
  term whole;

  branches(term::what is, std::size_t count) {
    for (std::size_t i = 0; i < count; i++) texts.push_back(std::to_string(i));
    for (const auto &text : texts) constants.push_back({constant::kind::text, text});
    parts.resize(count);
    for (std::size_t i = 0; i < count; i++) {
      parts[i].is = term::what::compare;
      parts[i].column = 1;
      parts[i].constants = &constants[i];
      parts[i].count = 1;
      parts[i].next = i + 1 < count ? &parts[i + 1] : nullptr;
    }
    whole.is = is;
    whole.first = parts.data();
  }
};

// (By the square of them this would take a quarter of an hour.)
TEST(Check, ManyBranches) {
  constexpr std::size_t count = 100000;
  const branches any(term::what::either, count);
  const saying said = read(any.whole);
  EXPECT_TRUE(said.told);
  EXPECT_EQ(said.columns.at(1).values->size(), count);
  EXPECT_EQ(said.columns.at(1).values->back().text, "99999");
  const branches all(term::what::both, count);
  EXPECT_TRUE(read(all.whole).columns.at(1).values->empty());
}

TEST(Check, BranchesThatSayLess) {
  branches some(term::what::either, 3);
  some.parts[1].is = term::what::is_null;
  EXPECT_EQ(read(some.whole).columns.at(1).values->size(), 2U);
  some.parts[2].is = term::what::is_not_null;
  EXPECT_FALSE(read(some.whole).columns.at(1).values) << "one branch lists nothing";
  some.parts[2].is = term::what::is_null;
  some.parts[0].is = term::what::is_null;
  EXPECT_TRUE(read(some.whole).columns.at(1).values->empty()) << "nothing but NULL";
  some.parts[0].is = term::what::matches;
  some.constants[0].text = "^a$";
  EXPECT_EQ(read(some.whole).columns.at(1).patterns.size(), 1U) << "one branch beside NULL";
  some.parts[2].column = 2;
  EXPECT_TRUE(read(some.whole).columns.empty()) << "not every branch speaks of it";
}

}  // namespace
