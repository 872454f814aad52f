// What AWS does, from the public test suites of those who imitate it.
#include <gtest/gtest.h>

#include "core/lifecycle/survey.hpp"
#include "core/lifecycle/validate.hpp"
#include "core/lifecycle/versions.hpp"
#include "lifecycle_cases.hpp"

namespace primecloud::lifecycle {
namespace {

constexpr timestamp noon{9000 * microseconds_per_day + microseconds_per_day / 2};

timestamp days_ago(std::int64_t days) { return {noon.microseconds - days * microseconds_per_day}; }

std::string tags_of(const json &tags) {
  std::string query;
  for (const auto &[key, value] : tags.items())
    query += (query.empty() ? "" : "&") + key + "=" + value.get<std::string>();
  return query;
}

object object_of(const json &o, objects &owner) {
  auto made = owner.add(o);
  made.mod_time = days_ago(o.at("age_days"));
  made.tags = owner.keep(tags_of(o.at("tags")));
  return made;
}

// What AWS says of a configuration: its code, or nothing.
std::string code_of(const json &config) {
  try {
    const auto problems = dialect_problems(understand(config.dump()), dialect::aws, false);
    return problems.empty() ? "" : std::string(problems.front().as.code);
  } catch (const refused &r) {
    return std::string(r.why.as.code);
  }
}

void check_aws_validity(const json &one) {
  const auto &expected = one.at("expected");
  EXPECT_EQ(code_of(one.at("config_json")), expected.at("valid") ? "" : expected.at("code").get<std::string>())
      << one.at("name");
  if (!expected.value("ids_assigned", false)) return;
  const auto c = understand(one.at("config_json").dump());
  for (const auto &r : c.rules) EXPECT_FALSE(r.id.empty());
}

// n versions of one key, each made a second after the other, `age` days ago.
std::vector<object> versions_of(std::string_view key, int n, std::int64_t age, std::string_view tags) {
  std::vector<object> all;
  for (int i = 0; i < n; i++) {
    object o;
    o.key = key;
    o.version_id = "v";
    o.tags = tags;
    o.num_versions = n;
    o.is_latest = i == 0;
    o.mod_time = timestamp{days_ago(age).microseconds - i * 1'000'000LL};
    if (i > 0) o.successor_mod_time = all.back().mod_time;
    all.push_back(o);
  }
  return all;
}

std::vector<event> events_of(const record_view &config, const std::vector<object> &versions, timestamp at) {
  std::vector<event> events(versions.size());
  evaluate_versions(config, versions, at, false, events, dialect::aws);
  return events;
}

void check_actions(const json &one, const record_view &config) {
  objects owner;
  const auto now = one.contains("now") ? read_time(one.at("now")) : noon;
  for (std::size_t i = 0; i < one.at("objects").size(); i++) {
    auto o = object_of(one.at("objects")[i], owner);
    EXPECT_EQ(reference_name(evaluate(config, o, now, 0, dialect::aws).action),
              one.at("expected").at("actions")[i].get<std::string>())
        << one.at("name") << " " << i;
  }
}

void check_versions(const json &one, const record_view &config) {
  const auto tags = tags_of(one.at("version_tags"));
  for (const int day : {2, 7}) {
    const auto events = events_of(config, versions_of("obj", one.at("versions"), day, tags), noon);
    const auto &expected = one.at("expected").at("actions_day" + std::to_string(day));
    for (std::size_t i = 0; i < events.size(); i++)
      EXPECT_EQ(reference_name(events[i].action), expected[i].get<std::string>()) << "day " << day;
  }
}

void check_keys(const json &one, const record_view &config) {
  int kept = 0, expired = 0;
  for (const auto &[key, n] : one.at("keys").items()) {
    for (const auto &e : events_of(config, versions_of(key, n, one.at("age_days"), ""), noon))
      (e.action == action::none ? kept : expired)++;
  }
  EXPECT_EQ(kept, one.at("expected").at("kept").get<int>());
  EXPECT_EQ(expired, one.at("expected").at("expired").get<int>());
}

// A version below a delete marker: the version goes first, the marker in the next pass.
void check_two_passes(const record_view &config) {
  for (const bool matched : {true, false}) {
    auto versions = versions_of(matched ? "test1/a" : "test2/a", 2, 5, "");
    versions[0].delete_marker = true;
    auto events = events_of(config, versions, noon);
    EXPECT_EQ(events[0].action, action::none);
    EXPECT_EQ(events[1].action, matched ? action::remove_version : action::none);
    versions.pop_back();
    versions[0].num_versions = 1;
    events = events_of(config, versions, noon);
    EXPECT_EQ(events[0].action, matched ? action::remove_version : action::none);
  }
}

void check_uploads(const json &one, const record_view &config) {
  json aborted = json::array();
  for (const auto &[key, age] : one.at("uploads").items()) {
    const auto due = upload_due(config, key, days_ago(age));
    if (due && *due < noon) aborted.push_back(key);
  }
  EXPECT_EQ(aborted, one.at("expected").at("aborted"));
}

TEST(LifecycleCases, Aws) {
  int asked = 0;
  for (const auto &one : cases_of("lifecycle_aws_cases.jsonl")) {
    asked++;
    const std::string group = one.at("group");
    if (group == "aws_validate" || group == "aws_refuses_minio_differs") {
      check_aws_validity(one);
      continue;
    }
    const auto record = encode(understand(one.at("config_json").dump()));
    const record_view config(record);
    if (group == "aws_header") {
      objects owner;
      EXPECT_EQ(expiration_header(config, object_of(one.at("objects")[0], owner), dialect::aws).has_value(),
                !one.at("expected").at("header").is_null());
    } else if (one.contains("objects"))
      check_actions(one, config);
    else if (one.contains("versions"))
      check_versions(one, config);
    else if (one.contains("keys"))
      check_keys(one, config);
    else if (one.contains("uploads"))
      check_uploads(one, config);
    else
      check_two_passes(config);
  }
  EXPECT_EQ(asked, 17);
}

}  // namespace
}  // namespace primecloud::lifecycle
