// The edges: sizes, days, dates, and what lies beyond them.
#include <gtest/gtest.h>

#include "core/lifecycle/evaluate.hpp"
#include "core/lifecycle/scalar.hpp"
#include "core/lifecycle/survey.hpp"
#include "core/lifecycle/validate.hpp"
#include "core/lifecycle/write.hpp"
#include "lifecycle_cases.hpp"

namespace primecloud::lifecycle {
namespace {

std::string one_rule(const std::string &action, const std::string &filter = "{}") {
  return R"({"Rules":[{"ID":"r","Status":"Enabled","Filter":)" + filter + "," + action + "}]}";
}

event ask(const std::string &document, object o, timestamp at) {
  static std::vector<std::uint8_t> record;
  record = encode(understand(document));
  if (o.key.empty()) o.key = "k";
  return evaluate(record_view(record), o, at);
}

std::string refusal_of(const std::string &document) {
  const auto parsed = parse(document);
  return parsed ? "" : std::string(parsed.reason().code.text) + " " + parsed.reason().message;
}

TEST(LifecycleLimits, DaysNeverWrap) {
  // MinIO's clock overflows from 106 751 days on, and deletes at once.
  object o;
  o.mod_time = read_time("2025-01-01T00:00:00Z");
  for (const auto *days : {"106750", "106751", "200000", "213503", "1000000000", "2147483647", "9223372036854775807"}) {
    const auto document = one_rule(std::string(R"("Expiration":{"Days":)") + days + "}");
    EXPECT_EQ(ask(document, o, read_time("2300-01-01T00:00:00Z")).action, action::none) << days;
    EXPECT_EQ(understand(document).rules[0].expiration->days, std::stoll(days));
  }
  EXPECT_EQ(due_after(*o.mod_time, 9223372036854775807), timestamp::infinity());
  EXPECT_EQ(due_after({std::numeric_limits<std::int64_t>::max() - 1}, 1), timestamp::infinity());
  EXPECT_EQ(due_after({std::numeric_limits<std::int64_t>::min() + 1}, 1).finite(), true);
  EXPECT_NE(refusal_of(one_rule(R"("Expiration":{"Days":9223372036854775808})")).find("not a whole number"),
            std::string::npos);
}

TEST(LifecycleLimits, MidnightsAndLeapDays) {
  const auto due = [](const char *t, std::int64_t days) { return due_after(read_time(t), days); };
  EXPECT_EQ(due("2014-01-15T10:30:00Z", 3),
            read_time("2014-01-19T00:00:00Z"));  // the example of the S3 guide
  EXPECT_EQ(due("2020-03-15T00:00:00Z", 1), read_time("2020-03-17T00:00:00Z"));
  EXPECT_EQ(due("2024-02-28T12:00:00Z", 1), read_time("2024-03-01T00:00:00Z"));
  EXPECT_EQ(due("2023-02-28T12:00:00Z", 1), read_time("2023-03-02T00:00:00Z"));
  EXPECT_EQ(due("2023-12-31T23:59:59.999999Z", 1), read_time("2024-01-02T00:00:00Z"));
  EXPECT_EQ(due("2023-12-31T23:59:59.999999Z", 0), read_time("2023-12-31T23:59:59.999999Z"));
  EXPECT_EQ(due("1969-12-31T23:00:00Z", 1), read_time("1970-01-02T00:00:00Z"));
  EXPECT_EQ(due("1999-12-31T00:00:00Z", 1), read_time("2000-01-02T00:00:00Z"));
}

TEST(LifecycleLimits, DueIsStrict) {
  object o;
  o.mod_time = read_time("2025-01-01T10:00:00Z");
  const auto document = one_rule(R"("Expiration":{"Days":1})");
  EXPECT_EQ(ask(document, o, read_time("2025-01-03T00:00:00Z")).action, action::none);
  EXPECT_EQ(ask(document, o, read_time("2025-01-03T00:00:00.000001Z")).action, action::remove);
}

TEST(LifecycleLimits, InfiniteTimesAreNeverDue) {
  const auto document = one_rule(R"("Expiration":{"Days":1},"NoncurrentVersionExpiration":{"NoncurrentDays":1})");
  object o;
  for (const auto t : {timestamp::infinity(), timestamp::minus_infinity()}) {
    o.mod_time = t;
    EXPECT_EQ(ask(document, o, read_time("2025-01-01T00:00:00Z")).action, action::none);
    EXPECT_EQ(ask(document, o, timestamp::infinity()).action, action::none);
  }
  o.mod_time = read_time("2025-01-01T00:00:00Z");
  EXPECT_EQ(ask(document, o, timestamp::infinity()).action, action::remove);
  EXPECT_EQ(ask(document, o, timestamp::minus_infinity()).action, action::none);
  o.is_latest = false;
  for (const auto t : {timestamp::infinity(), timestamp::minus_infinity()}) {
    o.successor_mod_time = t;
    EXPECT_EQ(ask(document, o, read_time("2035-01-01T00:00:00Z")).action, action::none);
  }
  o.successor_mod_time.reset();
  EXPECT_EQ(ask(document, o, read_time("2035-01-01T00:00:00Z")).action, action::none);
}

TEST(LifecycleLimits, Dates) {
  const auto date = [](const char *text) {
    return refusal_of(one_rule(std::string(R"("Expiration":{"Date":")") + text + "\"}"));
  };
  for (const auto *good : {"9999-12-31T00:00:00Z", "2024-02-29T00:00:00Z", "2025-01-01T00:00:00.000Z",
                           "2025-01-01T00:00:00+00:00", "2025-01-01", "0002-01-01T00:00:00Z"})
    EXPECT_EQ(date(good), "");
  for (const auto *bad : {"2023-02-29T00:00:00Z", "10000-01-01T00:00:00Z", "2025-01-01T24:00:00Z",
                          "2025-01-01T00:00:01Z", "2025-01-01T00:00:00+01:00", "2025-01-01 00:00:00Z", "", "infinity"})
    EXPECT_NE(date(bad), "") << bad;
  EXPECT_EQ(write_date(read_time("9999-12-31T00:00:00Z")).operator std::string_view(), "9999-12-31T00:00:00Z");
}

TEST(LifecycleLimits, FiveTerabytes) {
  const auto document = one_rule(R"("Expiration":{"Days":1})", R"({"ObjectSizeGreaterThan":5497558138879})");
  object o;
  o.mod_time = timestamp{0};
  o.size = 5497558138880;
  EXPECT_EQ(ask(document, o, timestamp::infinity()).action, action::remove);
  o.size = 5497558138879;
  EXPECT_EQ(ask(document, o, timestamp::infinity()).action, action::none);
  o.size = std::nullopt;
  EXPECT_EQ(ask(document, o, timestamp::infinity()).action, action::none);
}

configuration many(int rules, const std::string &id, int tags, std::size_t value_length) {
  configuration c;
  for (int i = 0; i < rules; i++) {
    rule r;
    r.id = id.substr(0, id.size() - 4) + std::to_string(1000 + i).substr(0, 4);
    r.status = "Enabled";
    predicates p;
    p.prefix = "p" + std::to_string(i);
    for (int t = 0; t < tags; t++) p.tags.push_back({"key" + std::to_string(t), std::string(value_length, 'v')});
    r.filter.emplace().both = p;
    r.expiration = expiration{i + 1, {}, {}, {}};
    c.rules.push_back(r);
  }
  return c;
}

TEST(LifecycleLimits, ThousandRulesWithLongIdsAndTenTags) {
  const auto c = many(1000, std::string(255, 'i'), 10, 3);
  const auto document = write_json(c);
  EXPECT_GT(document.size(), 500'000u);
  const auto record = encode(understand(document));
  object o;
  o.key = "p999/x";
  o.tags = "key0=vvv&key1=vvv&key2=vvv&key3=vvv&key4=vvv&key5=vvv&key6=vvv&key7=vvv&key8=vvv&key9=vvv";
  o.mod_time = timestamp{0};
  const auto e = evaluate(record_view(record), o, due_after({0}, 2000));
  EXPECT_EQ(e.action, action::remove);
  EXPECT_EQ(e.due, due_after({0}, 10));  // p9, the tenth rule, is due before p999
  EXPECT_EQ(encode(decode(record)), record);
  EXPECT_NE(refusal_of(write_json(many(1001, std::string(8, 'i'), 2, 1))).find("there are 1001 rules"),
            std::string::npos);
}

TEST(LifecycleLimits, AMegabyteIsReadOrRefused) {
  auto c = many(1000, std::string(255, 'i'), 10, 20);
  std::size_t spare = longest_canonical - write_json(c).size();
  for (auto &r : c.rules) {  // up to the last byte
    const auto more = std::min<std::size_t>(spare, 4000);
    r.filter->both->prefix->append(more, 'p');
    spare -= more;
  }
  EXPECT_EQ(write_json(c).size(), longest_canonical);
  EXPECT_EQ(encode(understand(write_json(c))), encode(c));
  EXPECT_TRUE(refusal_of(write_json(many(1000, std::string(255, 'i'), 10, 40))).starts_with("54000"));
  EXPECT_TRUE(refusal_of(std::string(longest_document + 1, ' ')).starts_with("54000"));
  EXPECT_TRUE(refusal_of(one_rule(R"("Expiration":{"Days":1})", R"({"Prefix":")" + std::string(5000, 'p') + "\"}"))
                  .starts_with("54000"));
}

TEST(LifecycleLimits, IdsCountCharactersHereAndBytesAtMinIO) {
  std::string id;
  for (int i = 0; i < 255; i++) id += "\xC3\xA9";
  const auto c =
      understand(R"({"Rules":[{"ID":")" + id + R"(","Status":"Enabled","Filter":{},"Expiration":{"Days":1}}]})");
  EXPECT_EQ(dialect_problems(c, dialect::minio, false).size(), 1u);
  EXPECT_TRUE(dialect_problems(c, dialect::aws, false).empty());
  EXPECT_NE(refusal_of(R"({"Rules":[{"ID":"x)" + id + R"(","Status":"Enabled","Filter":{},"Expiration":{"Days":1}}]})"),
            "");
}

TEST(LifecycleLimits, HeadersCannotBeBroken) {
  const auto record =
      encode(understand(R"({"Rules":[{"ID":"a\"b, c","Status":"Enabled","Filter":{},"Expiration":{"Days":1}}]})"));
  object o;
  o.key = "k";
  o.mod_time = read_time("2025-05-21T10:00:00Z");
  EXPECT_EQ(expiration_header(record_view(record), o),
            R"(expiry-date="Fri, 23 May 2025 00:00:00 GMT", rule-id="a%22b%2C%20c")");
  const auto never = encode(understand(one_rule(R"("Expiration":{"Days":9223372036854775807})")));
  EXPECT_EQ(expiration_header(record_view(never), o), std::nullopt);
}

TEST(LifecycleLimits, DamagedRecordsAreRefused) {
  const auto record = encode(many(3, "id-0000", 2, 3));
  for (std::size_t i = 0; i < record.size(); i++) {
    for (const std::uint8_t flip : {0x01, 0x80, 0xFF}) {
      auto damaged = record;
      damaged[i] ^= flip;
      const auto received = receive(damaged);
      // What is still accepted is another configuration, in canonical form.
      EXPECT_TRUE(!received || *received == damaged);
    }
    const auto cut = receive(bytes(record).first(i));
    EXPECT_FALSE(cut);
  }
}

TEST(LifecycleLimits, WhatMeansNothingIsNotTheWholeBucket) {
  const auto with = [](const char *filter) { return refusal_of(one_rule(R"("Expiration":{"Days":1})", filter)); };
  // What clients print where there is no filter.
  for (const auto *filter :
       {"{}", R"({"Tag":{}})", R"({"Tag":{"Key":"","Value":""}})", R"({"And":{}})", R"({"Prefix":""})"})
    EXPECT_EQ(with(filter), "") << filter;
  // A mistake.
  for (const auto *filter : {R"({"Tag":{"Key":"","Value":"x"}})", R"({"Tag":{"Value":"x"}})",
                             R"({"And":{"Prefix":"a","Tags":[{"Key":"","Value":"x"}]}})"})
    EXPECT_NE(with(filter).find("a tag key has 0 characters"), std::string::npos) << filter << with(filter);
  const auto xml = [](const std::string &filter) {
    return refusal_of("<LifecycleConfiguration><Rule><Status>Enabled</Status><Filter>" + filter +
                      "</Filter><Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>");
  };
  EXPECT_NE(xml("<Tag><Key></Key><Value>x</Value></Tag>"), "");
  EXPECT_NE(xml("<And><Tags><Key>k</Key><Value>x</Value></Tags></And>"), "");
  EXPECT_EQ(xml(""), "");
}

TEST(LifecycleLimits, OldExportsPrintZeros) {
  const auto c = understand(one_rule(R"("Expiration":{"Days":30},"NoncurrentVersionExpiration":{"NoncurrentDays":0})"));
  EXPECT_FALSE(c.rules[0].noncurrent_expiration);
  EXPECT_TRUE(understand(one_rule(R"("NoncurrentVersionExpiration":{"NoncurrentDays":0,"NewerNoncurrentVersions":3})"))
                  .rules[0]
                  .noncurrent_expiration);
  EXPECT_NE(refusal_of(one_rule(R"("NoncurrentVersionExpiration":{"NoncurrentDays":0})")).find("no action"),
            std::string::npos);
}

TEST(LifecycleLimits, ThePrefixOfTheRuleItself) {
  const std::string long_prefix(1025, 'p');
  const auto own =
      R"({"Rules":[{"ID":"r","Status":"Enabled","Prefix":")" + long_prefix + R"(","Expiration":{"Days":1}}]})";
  const auto problems = dialect_problems(understand(own), dialect::aws, false);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].what, "AWS refuses a prefix of more than 1024 bytes");
}

TEST(LifecycleLimits, TagsBeyondAscii) {
  const auto config = understand(one_rule(R"("Expiration":{"Days":1})", R"({"Tag":{"Key":"Größe","Value":"klein"}})"));
  const auto problems = dialect_problems(config, dialect::minio, false);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_NE(problems[0].what.find("matches nothing"), std::string::npos);
}

}  // namespace
}  // namespace primecloud::lifecycle
