// The lifecycle chapter of the S3 User Guide, example by example: what AWS says that comes of
// it is what is decided as AWS, foretold, and explained.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/lifecycle/explain.hpp"
#include "core/lifecycle/survey.hpp"
#include "core/lifecycle/versions.hpp"
#include "core/lifecycle/write.hpp"
#include "lifecycle_cases.hpp"

namespace primecloud::lifecycle {
namespace {

void expect(const event &e, const json &expected, const std::string &where) {
  EXPECT_EQ(reference_name(e.action), expected.at("action").get<std::string>()) << where;
  EXPECT_EQ(e.storage_class, expected.value("storage_class", "")) << where;
  if (expected.contains("rule_id")) {
    EXPECT_EQ(e.rule_id, expected.at("rule_id").get<std::string>()) << where;
  }
  if (expected.contains("due")) {
    EXPECT_EQ(e.due, read_time(expected.at("due"))) << where;
  }
}

// One line of the explanation is chosen, and it is what was decided; every line says why.
void expect_explained(const record_view &config, const object &o, timestamp at, const event &e,
                      const std::string &where) {
  const auto told = explain(config, o, at, 0, dialect::aws);
  const auto chosen = [](const explanation &t) { return t.chosen; };
  EXPECT_EQ(std::count_if(told.begin(), told.end(), chosen), e.action == action::none ? 0 : 1) << where;
  for (const auto &t : told) {
    EXPECT_FALSE(t.reason.empty()) << where;
    EXPECT_EQ(t.reason == "due", t.chosen) << where << t.reason;
    if (!t.chosen) continue;
    EXPECT_EQ(t.action, e.action) << where;
    EXPECT_EQ(t.storage_class, e.storage_class) << where;
    EXPECT_EQ(t.due, e.due) << where;
  }
}

void ask_of_object(const record_view &config, const json &one, const std::string &where) {
  objects owner;
  const auto o = owner.add(one.at("object"));
  const auto at = read_time(one.at("at"));
  const auto e = evaluate(config, o, at, 0, dialect::aws);
  expect(e, one.at("expected"), where);
  expect_explained(config, o, at, e, where);
  if (e.action == action::none) return;
  EXPECT_LE(predict(config, o, 0, dialect::aws).due, e.due) << where;
}

void ask_of_versions(const record_view &config, const json &one, const std::string &where) {
  objects owner;
  std::vector<object> versions;
  for (const auto &o : one.at("versions")) versions.push_back(owner.add(o));
  std::vector<event> events(versions.size());
  evaluate_versions(config, versions, read_time(one.at("at")), false, events, dialect::aws);
  json names = json::array();
  for (const auto &e : events) names.push_back(reference_name(e.action));
  EXPECT_EQ(names, one.at("expected")) << where;
}

void ask_of_upload(const record_view &config, const json &one, const std::string &where) {
  const auto due = upload_due(config, one.at("upload").get<std::string>(), read_time(one.at("initiated")));
  EXPECT_EQ(due, optional_time(one.at("expected"), "due")) << where;
}

TEST(LifecycleGuide, EveryExampleHasTheOutcomeOfTheGuide) {
  int asked = 0;
  for (const auto &example : cases_of("lifecycle_guide.jsonl")) {
    const std::string document =
        example.contains("config_xml") ? example.at("config_xml").get<std::string>() : example.at("config_json").dump();
    const auto c = understand(document);
    const auto record = encode(c);
    EXPECT_EQ(encode(understand(write_json(c))), record) << document;
    EXPECT_EQ(encode(decode(record)), record) << document;
    for (const auto &one : example.at("asked")) {
      const auto where = example.at("example").get<std::string>() + "\n" + one.dump() + "\n";
      asked++;
      if (one.contains("object"))
        ask_of_object(record_view(record), one, where);
      else if (one.contains("versions"))
        ask_of_versions(record_view(record), one, where);
      else
        ask_of_upload(record_view(record), one, where);
    }
  }
  EXPECT_EQ(asked, 189);
}

}  // namespace
}  // namespace primecloud::lifecycle
