#include "core/secret/generated.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace primecloud {
namespace {

// Pearson's statistic of how often each letter came, against all alike.  With k letters
// it is near k - 1, with a standard deviation of sqrt(2(k - 1)).
double chi_square(const std::map<char, int> &seen, std::size_t letters, double drawn) {
  const double expected = drawn / static_cast<double>(letters);
  double sum = static_cast<double>(letters - seen.size()) * expected;
  for (const auto &[letter, count] : seen) sum += (count - expected) * (count - expected) / expected;
  return sum;
}

TEST(Generated, NoLetterIsFavoured) {
  // 6 standard deviations: one run in a hundred million fails by chance.  A remainder of a
  // byte by 63 favours the first four letters by a quarter: thousands, as the last line says.
  std::map<char, int> secret, id, biased;
  constexpr int draws = 8192;
  for (int i = 0; i < draws; i++) {
    for (const char c : generate_secret(63)) secret[c]++;
    for (const char c : generate_access_key_id()) id[c]++;
    for (int n = 0; n < 63; n++) biased[static_cast<char>((i * 63 + n) % 256 % 63)]++;
  }
  EXPECT_EQ(secret.size(), 63U);
  EXPECT_LT(chi_square(secret, 63, draws * 63.0), 62 + 6 * 11.2);
  EXPECT_EQ(id.size(), 36U);
  EXPECT_LT(chi_square(id, 36, draws * 20.0), 35 + 6 * 8.4);
  EXPECT_GT(chi_square(biased, 63, draws * 63.0), 62 + 6 * 11.2) << "the measure sees a bias";
}

TEST(Generated, HasTheFormThatServicesTake) {
  constexpr std::string_view upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  std::set<std::string> seen;
  for (int i = 0; i < 1000; i++) {
    const auto id = generate_access_key_id();
    EXPECT_EQ(id.size(), 20U);
    EXPECT_EQ(id.find_first_not_of(upper), id.npos) << id;
    const auto secret = generate_secret(40);
    EXPECT_EQ(secret.size(), 40U);
    for (const char c : secret) EXPECT_TRUE(isalnum(static_cast<unsigned char>(c)) || c == '+') << secret;
    EXPECT_TRUE(seen.insert(id).second && seen.insert(secret).second) << "none comes twice";
  }
}

TEST(LastFour, OfGeneratedSecretsAlone) {
  EXPECT_EQ(last_four("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), "EKEY");
  const std::string long_enough = "abcdefghijklmnopqrstuvwxyz012345";
  EXPECT_EQ(last_four(long_enough), "2345");
  EXPECT_EQ(last_four(long_enough.substr(1)), "") << "31 characters";
  EXPECT_EQ(last_four(std::string(40, 'a')), "") << "one letter";
  EXPECT_EQ(last_four("abcabcabcabcabcabcabcabcabcabcabcabcabc"), "");
  EXPECT_EQ(last_four("a pass phrase of many words is a password"), "") << "blanks";
  EXPECT_EQ(last_four(long_enough + "\n"), "");
  EXPECT_EQ(last_four(long_enough + "é"), "");
  EXPECT_EQ(last_four(""), "");
  for (int i = 0; i < 1000; i++) {
    const auto secret = generate_secret(40);
    EXPECT_EQ(last_four(secret), secret.substr(36));
  }
}

}  // namespace
}  // namespace primecloud
