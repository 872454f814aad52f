// The engine against the plain implementation: 100 000 random configurations, each
// stored and asked about a set of versions; one in eight is written as a document
// and read back first.  LIFECYCLE_CONFIGURATIONS sets another number.
#include <gtest/gtest.h>

#include <random>

#include "core/lifecycle/explain.hpp"
#include "core/lifecycle/survey.hpp"
#include "core/lifecycle/validate.hpp"
#include "core/lifecycle/versions.hpp"
#include "core/lifecycle/write.hpp"
#include "lifecycle_cases.hpp"
#include "lifecycle_plain.hpp"

namespace primecloud::lifecycle {
namespace {

class chance {
 public:
  explicit chance(std::uint64_t seed) : engine_(seed) {}
  std::int64_t number(std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(engine_);
  }
  bool one_in(int n) { return number(1, n) == 1; }
  template <class T, std::size_t n>
  const T &of(const T (&choices)[n]) {
    return choices[static_cast<std::size_t>(number(0, n - 1))];
  }

 private:
  std::mt19937_64 engine_;
};

const std::string prefixes[] = {"", "a", "logs/", "logs/2025/", "tmp/", "docs/\xC3\xA9/"};
const std::string keys[] = {"abc", "logs/x", "logs/2025/y", "tmp/q", "docs/\xC3\xA9/z", "zzz"};
const std::string tag_keys[] = {"env", "k1", "k 2"};
const std::string tag_values[] = {"prod", "v1", ""};
const std::string queries[] = {
    "",     "env=prod", "k1=v1&env=prod", "k+2=v1", "k%202=&env=prod", "env=prod&env=prod", "k1=%zz",
    "env=", "=x",       "&&env=prod&"};
const std::string classes[] = {"COLD", "STANDARD_IA", "GLACIER"};
const std::int64_t sizes[] = {0, 1, 1024, 1025, 5LL << 40};
const std::int64_t day_counts[] = {1, 2, 3, 5, 10, 30, 106'751, 200'000, 2'147'483'647, 99'999'999'999};
const std::int64_t now_day = days_from_civil({2025, 2, 11});

timestamp near_now(chance &c, bool midnight) {
  const std::int64_t t = (now_day + c.number(-12, 3)) * microseconds_per_day;
  return {midnight || c.one_in(4) ? t : t + c.number(0, microseconds_per_day - 1)};
}

predicates random_predicates(chance &c, int least) {
  predicates p;
  if (c.one_in(2)) p.prefix = c.of(prefixes);
  if (c.one_in(3)) p.size_greater_than = c.of(sizes);
  if (c.one_in(3)) p.size_less_than = c.of(sizes);
  for (const auto &key : tag_keys) {
    if (c.one_in(3)) p.tags.push_back({key, c.of(tag_values)});
  }
  const auto count =
      (p.prefix ? 1 : 0) + (p.size_greater_than ? 1 : 0) + (p.size_less_than ? 1 : 0) + static_cast<int>(p.tags.size());
  return count >= least ? p : random_predicates(c, least);
}

filter random_filter(chance &c) {
  filter f;
  switch (c.number(0, 4)) {
    case 0: break;
    case 1: f.own.prefix = c.of(prefixes); break;
    case 2: f.own.tags.push_back({c.of(tag_keys), c.of(tag_values)}); break;
    case 3: f.own.size_greater_than = c.of(sizes); break;
    default: f.both = random_predicates(c, 2);
  }
  return f;
}

std::int64_t random_days(chance &c) { return c.one_in(8) ? c.of(day_counts) : c.number(1, 10); }

rule random_rule(chance &c, int position) {
  rule r;
  r.id = "r" + std::to_string(position);
  r.status = c.one_in(8) ? "Disabled" : "Enabled";
  if (c.one_in(8))
    r.prefix = c.of(prefixes);
  else if (!c.one_in(8))
    r.filter = random_filter(c);
  if (c.one_in(2)) {
    auto &e = r.expiration.emplace();
    if (const auto kind = c.number(0, 3); kind == 0)
      e.date = near_now(c, true);
    else if (kind == 1)
      e.delete_marker = c.one_in(2);
    else {
      e.days = random_days(c);
      if (c.one_in(3)) e.all_versions = c.one_in(2);
    }
  }
  for (auto n = c.number(0, 3) - 1; n > 0; n--) {
    transition t{{}, {}, c.of(classes)};
    if (c.one_in(3))
      t.date = near_now(c, true);
    else
      t.days = c.one_in(4) ? 0 : random_days(c);
    r.transitions.push_back(t);
  }
  if (c.one_in(3)) {
    auto &e = r.noncurrent_expiration.emplace();
    if (c.one_in(2)) e.newer_versions = c.number(1, 3);
    if (e.newer_versions == 0 || c.one_in(2)) e.days = random_days(c);
  }
  if (c.one_in(4))
    for (auto n = c.number(1, 2); n > 0; n--)
      r.noncurrent_transitions.push_back({c.one_in(4) ? 0 : random_days(c), c.number(0, 2), c.of(classes)});
  const bool tagged = r.filter && !conditions(*r.filter).tags.empty();
  if (!tagged && c.one_in(5)) r.marker_days = random_days(c);
  if (c.one_in(8)) r.abort_days = random_days(c);
  if (!r.expiration && r.transitions.empty() && !r.noncurrent_expiration && r.noncurrent_transitions.empty() &&
      !r.marker_days)
    r.abort_days = 1;
  return r;
}

std::vector<object> random_versions(chance &c) {
  std::vector<object> all;
  const auto n = c.number(1, 5);
  const auto &key = c.of(keys);
  timestamp t = near_now(c, false);
  for (int i = 0; i < n; i++) {
    object o;
    o.key = key;
    if (!c.one_in(10)) o.version_id = "v";
    o.mod_time = t;
    o.size = c.one_in(20) ? std::nullopt : std::optional(c.of(sizes));
    o.is_latest = i == 0;
    o.delete_marker = c.one_in(4);
    if (!c.one_in(10)) o.num_versions = static_cast<std::int32_t>(n);
    if (i > 0 && !c.one_in(20)) o.successor_mod_time = all.back().mod_time;
    o.tags = c.of(queries);
    if (c.one_in(8)) o.transition_status = c.one_in(2) ? "complete" : "STANDARD_IA";
    if (c.one_in(8)) o.restore_expires = near_now(c, false);
    o.legal_hold = c.one_in(10);
    if (c.one_in(10)) o.retain_until = near_now(c, false);
    o.replication_pending = c.one_in(10);
    all.push_back(o);
    t.microseconds -= c.number(0, 3 * microseconds_per_day);
  }
  return all;
}

void expect_same(const event &ours, const plain::candidate &theirs, const std::string &document) {
  ASSERT_EQ(action_name(ours.action), action_name(theirs.does)) << document;
  if (ours.action == action::none) return;
  ASSERT_EQ(ours.due.microseconds, static_cast<std::int64_t>(theirs.due)) << document;
  ASSERT_EQ(ours.rule_id, theirs.rule_id) << document;
  ASSERT_EQ(ours.storage_class, theirs.storage_class) << document;
}

// What explain, cutoff and predict say must agree with what evaluate says, in both dialects.
void expect_consistent(const record_view &config, const object &o, timestamp at, const event &e, dialect whose,
                       const std::string &document) {
  int chosen = 0;
  for (const auto &told : explain(config, o, at, 0, whose)) {
    if (!told.chosen) continue;
    chosen++;
    ASSERT_EQ(told.action, e.action) << document;
    ASSERT_EQ(told.due, e.due) << document;
    ASSERT_EQ(told.rule_id, e.rule_id) << document;
  }
  const bool held = destroys_version(e.action) && is_held(o, at);
  ASSERT_EQ(chosen, e.action == action::none || held ? 0 : 1) << document;
  const bool restored = e.action == action::remove_restored || e.action == action::remove_restored_version;
  if (e.action == action::none || restored || *o.mod_time > at) return;  // a marker from the future goes at once, too
  ASSERT_LT(o.mod_time->microseconds, cutoff(config, at).microseconds) << document;
  ASSERT_TRUE(has_active_rules(config, o.key, at)) << document;
  const event next = predict(config, o, 0, whose);
  ASSERT_NE(next.action, action::none) << document;
  ASSERT_LE(next.due, e.due) << document;
}

TEST(LifecycleProperty, EngineAgreesWithThePlainImplementation) {
  const char *wanted = std::getenv("LIFECYCLE_CONFIGURATIONS");
  const int count = wanted ? std::atoi(wanted) : 10'000;  // four seconds, under sanitizers
  std::int64_t acted = 0;
  for (int i = 0; i < count && !HasFatalFailure(); i++) {
    chance c(static_cast<std::uint64_t>(i) + 1);
    configuration config;
    for (auto n = c.number(1, 4); n > 0; n--) config.rules.push_back(random_rule(c, static_cast<int>(n)));
    if (c.one_in(8)) config.minimum_size = static_cast<minimum_size>(c.number(1, 2));
    if (c.one_in(8)) config.dialect = static_cast<dialect>(c.number(1, 2));
    const auto record = encode(config);
    std::string document = "configuration " + std::to_string(i);
    if (i % 8 == 0) {
      ASSERT_EQ(encode(decode(record)), record) << document;
      document = write_json(config);
      ASSERT_EQ(encode(understand(document)), record) << document;
      auto in_xml = config;  // XML tells neither
      in_xml.minimum_size.reset();
      in_xml.dialect.reset();
      ASSERT_EQ(encode(understand(write_xml(config, dialect::aws))), encode(in_xml)) << document;
    }

    const record_view view(record);
    const timestamp at{now_day * microseconds_per_day + (c.one_in(4) ? 0 : c.number(0, microseconds_per_day))};
    const bool lock = c.one_in(3);
    const auto versions = random_versions(c);
    std::vector<event> events(versions.size());
    evaluate_versions(view, versions, at, lock, events);
    const auto expected = plain::evaluate_set(config, versions, at, lock);
    for (std::size_t v = 0; v < versions.size() && !HasFatalFailure(); v++) {
      expect_same(events[v], expected[v], document);
      const auto one = evaluate(view, versions[v], at);
      expect_same(one, plain::evaluate(config, versions[v], at, 0), document);
      if (i % 8 == 0) {
        expect_consistent(view, versions[v], at, one, dialect::minio, document);
        const auto to_aws = evaluate(view, versions[v], at, 0, dialect::aws);
        expect_consistent(view, versions[v], at, to_aws, dialect::aws, document);
      }
      acted += one.action != action::none;
    }
  }
  EXPECT_GT(acted, count / 2);  // else little was compared
}

}  // namespace
}  // namespace primecloud::lifecycle
