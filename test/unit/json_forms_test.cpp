#include <gtest/gtest.h>

#include "core/json/forms.hpp"

using namespace primecloud;

namespace {
std::string time_of(std::string_view shown) {
  std::string out(shown.size() + 3, '\0');
  out.resize(iso_time(shown, out.data()));
  return out;
}
std::string money_of(std::int64_t hundredths) {
  char out[longest_money];
  return {out, money_text(hundredths, out)};
}
}  // namespace

TEST(json_forms, years_are_those_of_iso_8601) {
  EXPECT_EQ(time_of("2026-03-01T15:00:00.000123+00:00"), "2026-03-01T15:00:00.000123Z");
  EXPECT_EQ(time_of("0044-03-15T12:00:00+00:00 BC"), "-000043-03-15T12:00:00Z");
  EXPECT_EQ(time_of("0001-01-01 BC"), "0000-01-01");
  EXPECT_EQ(time_of("4713-11-24T00:00:00 BC"), "-004712-11-24T00:00:00");
  EXPECT_EQ(time_of("9999-12-31"), "9999-12-31");
  EXPECT_EQ(time_of("12000-01-01T00:00:00+00:00"), "+012000-01-01T00:00:00Z");
  EXPECT_EQ(time_of("5874897-12-31"), "+5874897-12-31");
  EXPECT_EQ(time_of("infinity"), "infinity");
  EXPECT_EQ(time_of("-infinity"), "-infinity");
  EXPECT_EQ(time_of(""), "");
}

TEST(json_forms, money_is_in_one_locale) {
  EXPECT_EQ(money_of(0), "$0.00");
  EXPECT_EQ(money_of(1234), "$12.34");
  EXPECT_EQ(money_of(-5), "-$0.05");
  EXPECT_EQ(money_of(-123450), "-$1,234.50");
  EXPECT_EQ(money_of(100000000), "$1,000,000.00");
  EXPECT_EQ(money_of(INT64_MIN), "-$92,233,720,368,547,758.08");
}
