// Questions about a whole configuration.
#include "core/lifecycle/survey.hpp"

#include "core/lifecycle/restore_header.hpp"
#include "core/lifecycle/validate.hpp"
#include "core/lifecycle/write.hpp"
#include "lifecycle/dialect.hpp"
#include "lifecycle/types.hpp"
#include "pg/owned.hpp"

namespace {
using namespace primecloud;
using namespace primecloud::lifecycle;

using text_view = std::string_view;

std::string lifecycle_xml(stored config, text_view name) {
  return write_xml(decode_trusted(config.record), dialect_named(name));
}

// The JSON it prints as, as text of type json.
pg::json_string lifecycle_json(stored config) { return {write_json(decode_trusted(config.record))}; }

std::optional<std::string> lifecycle_problem(stored config, text_view name, bool object_lock) {
  std::string all;
  for (const auto &p : dialect_problems(decode_trusted(config.record), dialect_named(name), object_lock)) {
    all.append(all.empty() ? "" : "\n").append(sentence(p));
  }
  if (all.empty()) return std::nullopt;
  return all;
}

bool lifecycle_has_active_rules(stored config, text_view prefix, timestamp at) noexcept {
  return has_active_rules(config.view(), prefix, at);
}

std::tuple<std::optional<text_view>, std::optional<int64>, std::optional<int64>> lifecycle_noncurrent_limit(
    stored config, object o) {
  const auto limit = find_noncurrent_limit(config.view(), o);
  if (!limit) return {};
  return {limit->rule_id, limit->days, limit->newer_versions};
}

timestamp lifecycle_cutoff(stored config, timestamp at) noexcept { return cutoff(config.view(), at); }

bool lifecycle_counts_versions(stored config) noexcept { return counts_versions(config.view()); }

result<std::optional<timestamp>> lifecycle_restore_expires(text_view header) { return read_restore_header(header); }

std::optional<timestamp> lifecycle_upload_due(stored config, text_view key, timestamp initiated) noexcept {
  return upload_due(config.view(), key, initiated);
}

}  // namespace

PRIMECLOUD_FUNCTION(primecloud_lifecycle_xml, lifecycle_xml);
PRIMECLOUD_FUNCTION(primecloud_lifecycle_json, lifecycle_json);
PRIMECLOUD_FUNCTION(primecloud_lifecycle_problem, lifecycle_problem);
PRIMECLOUD_FUNCTION(primecloud_lifecycle_has_active_rules, lifecycle_has_active_rules);
PRIMECLOUD_FUNCTION(primecloud_lifecycle_noncurrent_limit, lifecycle_noncurrent_limit);
PRIMECLOUD_FUNCTION(primecloud_lifecycle_cutoff, lifecycle_cutoff);
PRIMECLOUD_FUNCTION(primecloud_lifecycle_counts_versions, lifecycle_counts_versions);
PRIMECLOUD_FUNCTION(primecloud_lifecycle_restore_expires, lifecycle_restore_expires);
PRIMECLOUD_FUNCTION(primecloud_lifecycle_upload_due, lifecycle_upload_due);
