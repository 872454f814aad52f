// What MinIO decides for 416 object versions under 150 configurations, one version
// at a time and as sets; where its answer is an accident of order, ours.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/lifecycle/explain.hpp"
#include "core/lifecycle/survey.hpp"
#include "core/lifecycle/validate.hpp"
#include "core/lifecycle/versions.hpp"
#include "core/lifecycle/write.hpp"
#include "lifecycle_cases.hpp"

namespace primecloud::lifecycle {
namespace {

// Two rules due at the same moment: MinIO names the one its sorting left last.
int same_moment = 0;

bool equally_due(const record_view &config, const object &o, timestamp now, const event &e,
                 const std::string &rule_id) {
  const auto all = explain(config, o, now, std::numeric_limits<std::int32_t>::max());
  return std::any_of(all.begin(), all.end(), [&](const auto &told) {
    return told.rule_id == rule_id && told.action == e.action && told.due == e.due;
  });
}

void expect_event(const record_view &config, const object &o, timestamp now, const event &e, const json &reference,
                  const std::string &where) {
  EXPECT_EQ(reference_name(e.action), reference.at("action").get<std::string>()) << where;
  if (e.action == action::none) return;  // a lock or a hold: MinIO leaves the rule's name standing
  EXPECT_EQ(e.due.microseconds, optional_time(reference, "due")->microseconds) << where;
  EXPECT_EQ(e.storage_class, reference.value("storage_class", "")) << where;
  const std::string theirs = reference.at("rule_id");
  if (e.rule_id == theirs) return;
  same_moment++;
  EXPECT_TRUE(equally_due(config, o, now, e, theirs)) << where << "\nby MinIO's rule " << theirs;
}

TEST(LifecycleCases, Evaluation) {
  int versions_seen = 0, ties = 0;
  for (const auto &one : cases_of("lifecycle_evaluate.jsonl")) {
    const std::string document = one.at("config_xml");
    const auto record = encode(understand(document));
    const record_view config(record);
    const auto now = read_time(one.at("now"));
    const auto &reference = one.at("reference");
    EXPECT_EQ(write_xml(understand(document), dialect::minio), reference.at("canonical_xml").get<std::string>());

    objects owner;
    std::vector<object> versions;
    for (const auto &o : one.at("objects")) {
      versions.push_back(owner.add(o));
      const auto &prefix = one.at("replication_prefix");
      versions.back().replication_pending &=
          !prefix.is_null() && versions.back().key.starts_with(prefix.get<std::string>());
    }
    std::vector<event> events(versions.size());
    evaluate_versions(config, versions, now, one.at("lock_enabled"), events);

    for (std::size_t i = 0; i < versions.size(); i++) {
      const auto where = document + "\nversion " + one.at("objects")[i].dump();
      versions_seen++;
      if (one.at("tie_artefact")[i]) {
        ties++;
      } else {
        expect_event(config, versions[i], now, evaluate(config, versions[i], now), reference.at("single")[i], where);
        if (std::none_of(one.at("tie_artefact").begin(), one.at("tie_artefact").end(), [](bool tie) { return tie; })) {
          expect_event(config, versions[i], now, events[i], reference.at("version_set")[i], "set: " + where);
        }
      }
      const auto &limit = reference.at("noncurrent_limit")[i];
      const auto found = find_noncurrent_limit(config, versions[i]);
      EXPECT_EQ(found.has_value(), !limit.at("rule_id").get<std::string>().empty()) << where;
      if (found && limit.contains("newer_noncurrent_versions")) {
        EXPECT_EQ(found->rule_id, limit.at("rule_id").get<std::string>());
        EXPECT_EQ(found->newer_versions, limit.at("newer_noncurrent_versions").get<std::int64_t>());
        EXPECT_EQ(found->days, limit.at("noncurrent_days").get<std::int64_t>());
      }
      std::string header = reference.at("headers")[i].value("x-amz-expiration", "");
      if (header.find(" 0001 ") != header.npos) continue;  // MinIO dates an unset time: ours has a year
      const auto ours = expiration_header(config, versions[i]).value_or("");
      EXPECT_EQ(ours.substr(0, ours.find(", rule-id")), header.substr(0, header.find(", rule-id"))) << where;
      same_moment += ours != header;
    }
  }
  EXPECT_EQ(versions_seen, 416);
  EXPECT_EQ(ties, 9);
  EXPECT_LE(same_moment, 12);
}

}  // namespace
}  // namespace primecloud::lifecycle
