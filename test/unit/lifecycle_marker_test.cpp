// A delete marker that is all that is left of its key: what decides, what is told, and
// what is foretold are one and the same.
#include <gtest/gtest.h>

#include "core/lifecycle/explain.hpp"
#include "core/lifecycle/parse.hpp"
#include "lifecycle_cases.hpp"

namespace primecloud::lifecycle {
namespace {

object lone_marker() {
  object o;
  o.key = "logs/a";
  o.version_id = "v";
  o.mod_time = read_time("2025-01-01T12:00:00Z");
  o.delete_marker = true;
  o.num_versions = 1;
  return o;
}

std::vector<std::uint8_t> rules(const std::string &list) { return encode(understand(R"({"Rules":[)" + list + "]}")); }

std::string days(const std::string &id, int n) {
  return R"({"ID":")" + id + R"(","Status":"Enabled","Filter":{},"Expiration":{"Days":)" + std::to_string(n) + "}}";
}
std::string at_once(const std::string &id) {
  return R"({"ID":")" + id + R"(","Status":"Enabled","Filter":{},"Expiration":{"ExpiredObjectDeleteMarker":true}})";
}

std::vector<explanation> chosen(const std::vector<explanation> &told) {
  std::vector<explanation> found;
  for (const auto &t : told) {
    if (t.chosen) found.push_back(t);
  }
  return found;
}

TEST(LifecycleMarker, EveryRuleIsTold) {
  const auto record = rules(days("ten", 10) + "," + days("two", 2) + "," + at_once("once") + "," +
                            R"({"ID":"off","Status":"Disabled","Filter":{},"Expiration":{"Days":1}})");
  const auto told = explain(record_view(record), lone_marker(), read_time("2025-03-01T00:00:00Z"));
  ASSERT_EQ(told.size(), 4U);
  for (int i = 0; i < 4; i++) EXPECT_EQ(told[i].position, i + 1);
  EXPECT_EQ(told[0].reason, "due, but rule \"once\" has been due since the delete marker was made");
  EXPECT_TRUE(told[2].chosen);
  EXPECT_EQ(told[3].reason, "the rule is disabled");
}

TEST(LifecycleMarker, TheEarliestDecides) {
  const auto record = rules(days("ten", 10) + "," + days("two", 2));
  const auto o = lone_marker();
  EXPECT_EQ(evaluate(record_view(record), o, read_time("2025-03-01T00:00:00Z")).rule_id, "two");
  EXPECT_EQ(predict(record_view(record), o).rule_id, "two");
  const auto told = explain(record_view(record), o, read_time("2025-03-01T00:00:00Z"));
  EXPECT_EQ(told[0].reason, "due, but rule \"two\" was due earlier");
  EXPECT_EQ(chosen(told).at(0).rule_id, "two");
}

// Whatever the rules: what is foretold is what is decided a moment after it is due.
TEST(LifecycleMarker, ForetoldAndDecidedAgree) {
  const std::string some[] = {days("a", 1), days("b", 5), days("c", 5), at_once("d"),
                              R"({"ID":"e","Status":"Enabled","Filter":{},"DelMarkerExpiration":{"Days":3}})"};
  for (int first = 0; first < 5; first++) {
    for (int second = 0; second < 5; second++) {
      if (first == second) continue;
      const auto record = rules(some[first] + "," + some[second]);
      const auto o = lone_marker();
      const auto next = predict(record_view(record), o);
      ASSERT_NE(next.action, action::none);
      const auto now = timestamp{next.due.microseconds + 1};
      const auto decided = evaluate(record_view(record), o, now);
      EXPECT_EQ(decided.rule_id, next.rule_id) << first << " " << second;
      EXPECT_EQ(decided.action, next.action) << first << " " << second;
      const auto told = explain(record_view(record), o, now);
      ASSERT_EQ(chosen(told).size(), 1U);
      EXPECT_EQ(chosen(told)[0].rule_id, next.rule_id);
      EXPECT_GE(told.size(), 2U);
    }
  }
}

}  // namespace
}  // namespace primecloud::lifecycle
