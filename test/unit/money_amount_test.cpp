#include "core/types/money_amount.hpp"

#include <limits>

#include "cases.hpp"

namespace primecloud {
namespace {
constexpr auto most = std::numeric_limits<std::int64_t>::max(), least = std::numeric_limits<std::int64_t>::min();

money_amount brl(std::int64_t minor) { return {*spell_currency("BRL"), minor}; }

std::string refusal(const char *text) {
  const auto amount = parse_money(text);
  return amount ? "accepted" : amount.reason().code.text;
}

TEST(Money, KnowsEveryCurrencyOfTheList) {
  for_each_case("iso4217.jsonl", [](const nlohmann::json &line) {
    const auto code = line.at("code").get<std::string>();
    const int digits = line.at("minor").get<int>();
    const auto currency = spell_currency(code);
    ASSERT_TRUE(currency);
    EXPECT_EQ(currency->letters(), code);
    EXPECT_EQ(minor_digits(*currency), digits);
    for (const std::int64_t minor :
         {std::int64_t{0}, std::int64_t{1}, std::int64_t{-1}, std::int64_t{1234567}, most, least}) {
      const auto text = write_money({*currency, minor});
      const auto again = parse_money(text.view());
      ASSERT_TRUE(again) << text.view();
      EXPECT_EQ((*again).minor, minor) << text.view();
      EXPECT_EQ((*again).currency, *currency);
    }
  });
  EXPECT_LT(minor_digits(*spell_currency("ABC")), 0);
  EXPECT_LT(minor_digits({-1}), 0);
  EXPECT_LT(minor_digits({17576}), 0);
  EXPECT_EQ(minor_digits(*spell_currency("HRK")), 2);  // withdrawn in 2023, in old data still
}

TEST(Money, ReadsNoMoreDecimalsThanTheCurrencyHas) {
  EXPECT_EQ((*parse_money("12.3 BRL")).minor, 1230);
  EXPECT_EQ((*parse_money("12 BRL")).minor, 1200);
  EXPECT_EQ((*parse_money("-0.05 BRL")).minor, -5);
  EXPECT_EQ((*parse_money("+1.234 BHD")).minor, 1234);
  EXPECT_EQ((*parse_money("1500 JPY")).minor, 1500);
  for (const char *text : {"12.345 BRL", "1.5 JPY",    "12.34",
                           "BRL",        " BRL",       "12.34BRL",
                           "12.34  BRL", " 12.34 BRL", "12.34 BRL ",
                           "12.34 brl",  "12.34 ABC",  "12. BRL",
                           ".5 BRL",     "1e2 BRL",    "1,234.00 BRL",
                           "- BRL",      "--1 BRL",    "R$ 1 BRL",
                           "NaN BRL",    "",           "00000000000000000000000000000000000000001 BRL"}) {
    EXPECT_EQ(refusal(text), "22P02") << text;
  }
  EXPECT_EQ(refusal("92233720368547758.08 BRL"), "22003");
  EXPECT_EQ((*parse_money("-92233720368547758.08 BRL")).minor, least);
}

TEST(Money, ArithmeticStaysInOneCurrencyAndInRange) {
  EXPECT_THROW(add(brl(1), {*spell_currency("USD"), 1}), error);
  EXPECT_THROW(subtract(brl(1), {*spell_currency("USD"), 1}), error);
  EXPECT_THROW(add(brl(most), brl(1)), error);
  EXPECT_THROW(subtract(brl(least), brl(1)), error);
  EXPECT_THROW(multiply(brl(least), -1), error);
  EXPECT_THROW(divide(brl(1), 0), error);
  EXPECT_THROW(divide(brl(least), -1), error);
  EXPECT_EQ(divide(brl(5), 2).minor, 3);
  EXPECT_EQ(divide(brl(-5), 2).minor, -3);
  EXPECT_EQ(divide(brl(1), 3).minor, 0);
}

TEST(Money, AllocateLosesNothing) {
  std::uint64_t random = 88172645463325252ULL;
  const auto next = [&] { return random ^= random << 13, random ^= random >> 7, random ^= random << 17; };
  for (int i = 0; i < 5000; i++) {
    std::vector<std::int32_t> weights;
    for (std::uint64_t n = next() % 7 + 1; n > 0; n--)
      weights.push_back(static_cast<std::int32_t>(next() % (i % 3 ? 10 : 2147483647)));
    weights.push_back(1);
    const auto minor = static_cast<std::int64_t>(i % 2 ? next() : next() % 1000);
    __int128 sum = 0;
    std::int64_t total = 0;
    for (const auto weight : weights) total += weight;
    const auto shares = allocate(brl(minor), weights);
    for (std::size_t each = 0; each < shares.size(); each++) {
      sum += shares[each].minor;
      // nobody is more than one unit from the exact share, and who has no weight gets nothing
      const __int128 off =
          static_cast<__int128>(shares[each].minor) * total - static_cast<__int128>(minor) * weights[each];
      ASSERT_LT(off < 0 ? -off : off, total);
      if (weights[each] == 0) ASSERT_EQ(shares[each].minor, 0);
    }
    ASSERT_EQ(static_cast<std::int64_t>(sum), minor);
  }
  EXPECT_THROW(allocate(brl(1), {}), error);
  EXPECT_THROW(allocate(brl(1), std::vector<std::int32_t>{0, 0}), error);
  EXPECT_THROW(allocate(brl(1), std::vector<std::int32_t>{2, -1}), error);
}
}  // namespace
}  // namespace primecloud
