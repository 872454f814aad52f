#include "core/types/bucket_name.hpp"

#include <set>

#include "cases.hpp"

namespace primecloud {
namespace {
TEST(BucketName, AgreesWithEveryCaseUnderItsProfile) {
  for_each_case("bucket_name_cases.jsonl", [](const nlohmann::json &line) {
    const auto rules = parse_bucket_rules(line.at("profile").get<std::string>());
    ASSERT_TRUE(rules);
    const auto problem = bucket_name_problem(line.at("name").get<std::string>(), *rules);
    EXPECT_EQ(!problem, line.at("valid").get<bool>()) << problem.value_or("accepted");
  });
}

TEST(BucketName, SaysWhichRuleIsBroken) {
  EXPECT_EQ(bucket_name_problem(".ab"), "must begin with a letter or digit");
  EXPECT_EQ(bucket_name_problem("ab-"), "must end with a letter or digit");
  EXPECT_EQ(bucket_name_problem("a..b"), "must not contain \"..\"");
  EXPECT_EQ(bucket_name_problem("a-.b"), "must not contain \".-\" or \"-.\"");
  EXPECT_EQ(bucket_name_problem("1.2.3.4"), "must not look like an IP address");
  EXPECT_FALSE(bucket_name_problem("1.2.3"));
  EXPECT_FALSE(bucket_name_problem("a--b"));
}

TEST(BucketName, TheOldRulesTakeEveryCapital) {
  for (char c = 'A'; c <= 'Z'; c++)
    EXPECT_FALSE(bucket_name_problem(std::string(3, c), bucket_rules::minio_legacy)) << c;
  for (const char c : {'@', '['}) EXPECT_TRUE(bucket_name_problem(std::string(3, c), bucket_rules::minio_legacy)) << c;
}

TEST(BucketName, DotsAndHyphensUnderTheOldRules) {
  for (const auto *name : {"My.-bucket", "My-.bucket", "My..bucket"})
    EXPECT_TRUE(bucket_name_problem(name, bucket_rules::minio_legacy)) << name;
  for (const auto *name : {"My.bucket", "My-bucket", "My--bucket", "My_.bucket"})
    EXPECT_FALSE(bucket_name_problem(name, bucket_rules::minio_legacy)) << name;
}

TEST(BucketName, PhysicalNamesOfDifferentPairsDiffer) {
  // Pairs that joining with '-' alone would merge.
  const std::pair<const char *, const char *> pairs[] = {{"1", "data"},
                                                         {"1", "1-data"},
                                                         {"11", "data"},
                                                         {"1", "data-1"},
                                                         {"a", "b-c"},
                                                         {"b", "c-a"},
                                                         {"ab", "c-d"},
                                                         {"a", "b-c-d"},
                                                         {"017f22e2-79b0-7cc3-98c4-dc0c0c07398f", "data"},
                                                         {"017f22e2-79b0-7cc3-98c4-dc0c0c073990", "data"}};
  std::set<std::string> seen;
  for (const auto &[tenant, name] : pairs) {
    const auto physical = bucket_physical_name(tenant, name);
    if (!physical) continue;  // names of fewer than 3 characters
    EXPECT_TRUE(seen.insert(*physical).second) << *physical;
    EXPECT_FALSE(bucket_name_problem(*physical)) << *physical;
  }
  EXPECT_GE(seen.size(), 7u);
}

TEST(BucketName, RefusesWhatHasNoPhysicalName) {
  EXPECT_FALSE(bucket_physical_name("a-b", "data"));  // label with '-' would be ambiguous
  EXPECT_FALSE(bucket_physical_name("", "data"));
  EXPECT_FALSE(bucket_physical_name("Tenant", "data"));
  EXPECT_FALSE(bucket_physical_name("017F22E2-79B0-7CC3-98C4-DC0C0C07398F", "data"));
  EXPECT_FALSE(bucket_physical_name("017f22e279z07cc398c4dc0c0c", "data"));  // 26 characters: a uuid's label
  EXPECT_FALSE(bucket_physical_name("1", "a"));                              // not a bucket name
  EXPECT_FALSE(bucket_physical_name("amzn", "s3-demo-x"));                   // reserved as a whole
  EXPECT_FALSE(bucket_physical_name("1", "foo-s3alias"));
  EXPECT_TRUE(bucket_physical_name("1", std::string(61, 'a')));
  EXPECT_FALSE(bucket_physical_name("1", std::string(62, 'a')));
  EXPECT_EQ((*bucket_physical_name("017f22e2-79b0-7cc3-98c4-dc0c0c07398f", std::string(36, 'a'))).size(), 63u);
}
}  // namespace
}  // namespace primecloud
