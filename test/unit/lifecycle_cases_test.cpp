// MinIO's own tests of its lifecycle package, as cases: each kind asks one thing.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/lifecycle/grammar.hpp"
#include "core/lifecycle/restore_header.hpp"
#include "core/lifecycle/survey.hpp"
#include "core/lifecycle/validate.hpp"
#include "core/lifecycle/versions.hpp"
#include "core/lifecycle/write.hpp"
#include "lifecycle_cases.hpp"

namespace primecloud::lifecycle {
namespace {

// One case asks a document that the type would not let in: it is read, not checked.
// (Another lacks IDs, which MinIO's test misses and a PUT, like the type, makes up.)
configuration configuration_of(const json &one) {
  const std::string document = one.at("config_xml");
  const bool unchecked = one.value("not_valid_as_is", "") == refusals::schema.text;
  if (!unchecked) return understand(document);
  EXPECT_THROW(understand(document), refused) << document;
  return read_configuration(read_xml(document), syntax::xml);
}

std::string words_of_refusal(const std::string &document) {
  try {
    const auto c = understand(document);
    const auto problems = dialect_problems(c, dialect::minio, false);
    return problems.empty() ? "" : std::string(problems.front().as.text);
  } catch (const refused &r) {
    return std::string(r.why.as.text);
  }
}

void check_validity(const json &one) {
  const auto said = words_of_refusal(one.at("config_xml"));
  for (const auto *kind : {"parse_error", "validation_error"}) {
    if (one.at("expected").contains(kind) && !one.at("expected").at(kind).is_null()) {
      EXPECT_EQ(said, one.at("expected").at(kind).get<std::string>()) << one.at("name");
      return;
    }
  }
  EXPECT_EQ(said, "") << one.at("name");
}

void check_eval(const json &one) {
  objects owner;
  const auto record = encode(configuration_of(one));
  const auto e = evaluate(record_view(record), owner.add(one.at("object")), read_time(one.at("now")));
  EXPECT_EQ(reference_name(e.action), one.at("expected").at("action").get<std::string>()) << one.at("name");
}

// One object that a rule with Expiration after a day either deletes or leaves alone.
void check_match(const json &one, object o) {
  const auto record = encode(configuration_of(one));
  o.key = "some/object";
  o.mod_time = timestamp{0};
  const bool matches = evaluate(record_view(record), o, {100 * microseconds_per_day}).action != action::none;
  EXPECT_EQ(matches, one.at("expected").at("match").get<bool>()) << one.at("name");
}

std::vector<event> events_of(const json &one, std::vector<object> &versions, objects &owner) {
  for (const auto &o : one.at("objects")) versions.push_back(owner.add(o));
  const auto record = encode(configuration_of(one));
  std::vector<event> events(versions.size());
  evaluate_versions(record_view(record), versions, read_time(one.at("now")), one.value("lock_enabled", false), events);
  return events;
}

void check_evaluator(const json &one) {
  objects owner;
  std::vector<object> versions;
  const auto events = events_of(one, versions, owner);
  const auto &expected = one.at("expected").at("events");
  ASSERT_EQ(events.size(), expected.size());
  for (std::size_t i = 0; i < events.size(); i++)
    EXPECT_EQ(reference_name(events[i].action), expected[i].at("action").get<std::string>()) << one.at("name");
}

void check_scanner(const json &one) {
  objects owner;
  std::vector<object> versions;
  json kept = json::array(), expired = json::array();
  const auto events = events_of(one, versions, owner);
  for (std::size_t i = 0; i < events.size(); i++) (events[i].action == action::none ? kept : expired).push_back(i);
  EXPECT_EQ(kept, one.at("expected").at("kept_version_index")) << one.at("name");
  EXPECT_EQ(expired, one.at("expected").at("expired_version_index")) << one.at("name");
}

void check_visibility(const json &one) {
  objects owner;
  const auto record = encode(configuration_of(one));
  int visible = 0;
  for (const auto &o : one.at("objects")) {
    visible += evaluate(record_view(record), owner.add(o), read_time(one.at("now"))).action == action::none;
  }
  EXPECT_EQ(visible, one.at("expected").at("visible").get<int>());
}

void check_predict(const json &one) {
  objects owner;
  const auto record = encode(configuration_of(one));
  const auto e = predict(record_view(record), owner.add(one.at("object")));
  // The source asserts nothing when there is no modification time.
  if (e.action == action::none) return;
  const bool moves = precedence(e.action) == 2;
  EXPECT_EQ(e.rule_id, one.at("expected")
                           .at(moves ? "transition_rule_id_if_present" : "expiration_rule_id_if_present")
                           .get<std::string>());
}

void check_evaluator_predict(const json &one) {
  objects owner;
  const auto record = encode(configuration_of(one));
  const auto &expected = one.at("expected").at("events");
  for (std::size_t i = 0; i < expected.size(); i++) {
    const auto e = predict(record_view(record), owner.add(one.at("objects")[i]));
    EXPECT_EQ(reference_name(e.action), expected[i].at("action").get<std::string>());
    EXPECT_EQ(e.due, read_time(expected[i].at("due")));
  }
}

void check_roundtrip(const json &one) {
  const auto c = configuration_of(one);
  EXPECT_EQ(encode(understand(write_json(c))), encode(c));
  EXPECT_EQ(encode(understand(write_xml(c, dialect::minio))), encode(c));
  EXPECT_EQ(encode(understand(write_xml(c, dialect::aws))), encode(c));
}

void check_ids(const json &one) {
  const auto c = configuration_of(one);
  const auto &expected = one.at("expected").at("rule_ids");
  ASSERT_EQ(c.rules.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); i++) {
    EXPECT_FALSE(c.rules[i].id.empty());
    EXPECT_EQ(c.rules[i].id, expected[i].is_null() ? c.rules[i].id : expected[i].get<std::string>());
  }
}

void check_filter_rules(const json &one) {
  objects owner;
  const auto record = encode(configuration_of(one));
  const record_view config(record);
  auto o = owner.add(one.at("object"));
  object_tags tags(o.tags);
  bool any = false;
  for (std::uint16_t i = 0; i < config.rules(); i++) {
    mismatch why;
    any = any || applies(config, config.rule(i), o, tags, why);
  }
  EXPECT_EQ(any, one.at("expected").at("has_matching_rules").get<bool>());
}

void check_decoded(const json &one) {
  const auto c = configuration_of(one);
  const auto &e = c.rules.front().noncurrent_expiration;
  EXPECT_EQ(e->days, one.at("expected").at("noncurrent_days").get<std::int64_t>());
  EXPECT_EQ(e->newer_versions, one.at("expected").at("newer_noncurrent_versions").get<std::int64_t>());
}

// On disk: restored, and not yet expired.
void check_on_disk(const json &one) {
  const auto now = read_time(one.at("now"));
  std::optional<timestamp> expires;
  if (one.at("restore").contains("expiry_offset")) {
    ASSERT_EQ(one.at("restore").at("expiry_offset"), "-1h");
    expires = timestamp{now.microseconds - 3'600'000'000};
  }
  const auto header = read_restore_header(write_restore_header(expires));
  ASSERT_TRUE(header);
  const bool on_disk = *header && **header > now;
  EXPECT_EQ(on_disk, one.at("expected").at("on_disk").get<bool>());
}

void check_restore_roundtrip(const json &one) {
  const auto expires = read_time(one.at("restore").at("expiry"));
  const auto header = read_restore_header(write_restore_header(expires));
  ASSERT_TRUE(header && *header);
  EXPECT_EQ((*header)->microseconds, expires.microseconds / 1'000'000 * 1'000'000);
}

TEST(LifecycleCases, MinIO) {
  int asked = 0;
  for (const auto &one : cases_of("lifecycle_cases.jsonl")) {
    const std::string kind = one.at("kind");
    asked++;
    if (kind == "parse_validate" || kind == "fragment_validate" || kind == "struct_validate")
      check_validity(one);
    else if (kind == "eval")
      check_eval(one);
    else if (kind == "filter_size") {
      object o;
      o.size = one.at("size").get<std::int64_t>();
      check_match(one, o);
    } else if (kind == "filter_tags") {
      object o;
      const std::string tags = one.at("user_tags");
      o.tags = tags;
      check_match(one, o);
    } else if (kind == "evaluator")
      check_evaluator(one);
    else if (kind == "evaluator_predict")
      check_evaluator_predict(one);
    else if (kind == "scanner")
      check_scanner(one);
    else if (kind == "visibility")
      check_visibility(one);
    else if (kind == "predict")
      check_predict(one);
    else if (kind == "roundtrip" || kind == "filter_roundtrip")
      check_roundtrip(one);
    else if (kind == "assign_ids")
      check_ids(one);
    else if (kind == "filter_rules")
      check_filter_rules(one);
    else if (kind == "fragment_decode")
      check_decoded(one);
    else if (kind == "expiry_time")
      EXPECT_EQ(due_after(read_time(one.at("mod_time")), one.at("days")), read_time(one.at("expected").at("due")));
    else if (kind == "has_active_rules") {
      const auto record = encode(configuration_of(one));
      EXPECT_EQ(
          has_active_rules(record_view(record), one.at("prefix").get<std::string>(), read_time("2025-02-10T13:42:50Z")),
          one.at("expected").at("active").get<bool>());
    } else if (kind == "restore_header")
      EXPECT_FALSE(read_restore_header(one.at("header").get<std::string>()));
    else if (kind == "restore_header_roundtrip")
      check_restore_roundtrip(one);
    else if (kind == "restore_on_disk")
      check_on_disk(one);
    else {
      // What a server answers to a GET when there is no configuration, which here is NULL (see
      // test/pgtap/lifecycle_limits.sql): the one case that asks nothing of a configuration.
      EXPECT_EQ(kind, "http");
      EXPECT_EQ(one.at("expected").at("code"), "NoSuchLifecycleConfiguration");
      asked--;
    }
  }
  EXPECT_EQ(asked, 60);
}

}  // namespace
}  // namespace primecloud::lifecycle
