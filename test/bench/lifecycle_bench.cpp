// Evaluation against a bare loop over rules that were parsed beforehand: prefix,
// tag and size tests and one due date, nothing else.  Limit: 3 times its time.
// The loop finds the same object due by the same rule.  It knows neither versions,
// delete markers, transitions, dates, holds nor years without end; and it takes tags
// as they stand, where the engine refuses sets that S3 would and decodes the rest.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "core/lifecycle/calendar.hpp"
#include "core/lifecycle/evaluate.hpp"
#include "core/lifecycle/parse.hpp"

namespace {
using namespace primecloud;
using namespace primecloud::lifecycle;

enum filter_kind { last_matches, last_matches_by_tag, all_match };

std::string document(int rules, filter_kind kind) {
  std::string text = R"({"Rules":[)";
  for (int i = 0; i < rules; i++) {
    const auto n = std::to_string(i);
    const std::string prefix = kind == all_match || i == rules - 1 ? "data/" : "p" + n + "/";
    const std::string tag = kind == last_matches_by_tag && i == rules - 1
                                ? R"("And":{"Prefix":"data/","Tags":[{"Key":"env","Value":"prod"}]})"
                                : R"("Prefix":")" + prefix + "\"";
    text += (i ? "," : "") + std::string(R"({"ID":"r)") + n + R"(","Status":"Enabled","Filter":{)" + tag +
            R"(},"Expiration":{"Days":)" + std::to_string(30 + i) + "}}";
  }
  return text + "]}";
}

struct bare_rule {
  bool enabled;
  std::string id, prefix, tag_key, tag_value;
  std::int64_t larger, smaller, days;
};

std::vector<bare_rule> bare(int rules, filter_kind kind) {
  std::vector<bare_rule> all;
  for (int i = 0; i < rules; i++) {
    all.push_back({true, "r" + std::to_string(i),
                   kind == all_match || i == rules - 1 ? "data/" : "p" + std::to_string(i) + "/",
                   kind == last_matches_by_tag && i == rules - 1 ? "env" : "", "prod", 0, 0, 30 + i});
  }
  return all;
}

object asked() {
  object o;
  o.key = "data/2025/file.bin";
  o.mod_time = timestamp{700'000'000'000'000'000};
  o.size = 1000;
  o.tags = "env=prod";
  return o;
}

// Whether a=1&b=2 has a pair, nothing being encoded.
bool has_tag(std::string_view tags, std::string_view key, std::string_view value) {
  for (;;) {
    const auto end = tags.find('&');
    const auto pair = tags.substr(0, end);
    const auto equals = pair.find('=');
    if (pair.substr(0, equals) == key) return equals != pair.npos && pair.substr(equals + 1) == value;
    if (end == tags.npos) return false;
    tags.remove_prefix(end + 1);
  }
}

// A function as evaluate is one, with the same answer.
[[gnu::noinline]] event decide(const std::vector<bare_rule> &rules, const object &o, timestamp at) {
  event best;
  best.due = timestamp::infinity();
  for (const auto &r : rules) {
    if (!r.enabled || !o.key.starts_with(r.prefix)) continue;
    if (!r.tag_key.empty() && !has_tag(o.tags, r.tag_key, r.tag_value)) continue;
    if ((r.larger > 0 && *o.size <= r.larger) || (r.smaller > 0 && *o.size >= r.smaller)) continue;
    const timestamp due{(o.mod_time->microseconds / microseconds_per_day + r.days + 1) * microseconds_per_day};
    if (due < at && due < best.due) best.due = due, best.action = action::remove, best.rule_id = r.id;
  }
  return best;
}

constexpr timestamp now{800'000'000'000'000'000};

void loop(benchmark::State &state, filter_kind kind) {
  const auto rules = bare(static_cast<int>(state.range(0)), kind);
  auto o = asked();
  for (auto _ : state) {
    benchmark::DoNotOptimize(o);
    auto e = decide(rules, o, now);
    benchmark::DoNotOptimize(e);
  }
}

void engine(benchmark::State &state, filter_kind kind) {
  const int rules = static_cast<int>(state.range(0));
  const auto record = encode(understand(document(rules, kind)));
  auto o = asked();
  const auto mine = evaluate(record_view(record), o, now);
  const auto all = bare(rules, kind);
  const auto theirs = decide(all, o, now);
  if (mine.action != theirs.action || mine.due != theirs.due || mine.rule_id != theirs.rule_id)
    return state.SkipWithError("the loop and the engine do not agree");
  for (auto _ : state) {
    benchmark::DoNotOptimize(o);
    auto e = evaluate(record_view(record), o, now);
    benchmark::DoNotOptimize(e);
  }
}

void read(benchmark::State &state) {
  const auto text = document(static_cast<int>(state.range(0)), last_matches);
  for (auto _ : state) benchmark::DoNotOptimize(parse(text));
  state.SetBytesProcessed(static_cast<std::int64_t>(text.size()) * static_cast<std::int64_t>(state.iterations()));
}

#define PAIR(kind)                                                \
  BENCHMARK_CAPTURE(loop, kind, kind)->Arg(1)->Arg(10)->Arg(100); \
  BENCHMARK_CAPTURE(engine, kind, kind)->Arg(1)->Arg(10)->Arg(100)
PAIR(last_matches);
PAIR(last_matches_by_tag);
PAIR(all_match);
BENCHMARK(read)->Arg(10)->Arg(1000);
}  // namespace
