// What is due: lifecycle_evaluate and its kin.
#include "core/lifecycle/explain.hpp"
#include "core/lifecycle/survey.hpp"
#include "core/lifecycle/versions.hpp"
#include "lifecycle/answer.hpp"
#include "lifecycle/dialect.hpp"
#include "lifecycle/types.hpp"

namespace {
using namespace primecloud;
using namespace primecloud::lifecycle;

using text_view = std::string_view;
using event_row = std::tuple<text_view, std::optional<timestamp>, std::optional<text_view>, std::optional<text_view>>;

std::optional<text_view> unless_empty(text_view t) { return t.empty() ? std::nullopt : std::optional(t); }

answer lifecycle_evaluate_object(stored config, object o, timestamp at, text_view name) {
  return {evaluate_held(config.view(), o, at, 0, deciding(config.view(), name))};
}

std::optional<answer> lifecycle_evaluate(std::optional<stored> config, std::optional<text_view> key,
                                         std::optional<timestamp> mod_time, std::optional<int64> size,
                                         std::optional<text_view> tags, std::optional<bool> is_latest,
                                         std::optional<bool> delete_marker, std::optional<int32> num_versions,
                                         std::optional<timestamp> successor_mod_time,
                                         std::optional<text_view> transition_status,
                                         std::optional<timestamp> restore_expires,
                                         std::optional<int32> newer_noncurrent_versions, std::optional<timestamp> at,
                                         std::optional<text_view> name, std::optional<text_view> version_id) {
  if (!config || !key || !at) return std::nullopt;
  object o;
  o.key = *key;
  o.version_id = version_id.value_or("");
  o.mod_time = mod_time;
  o.size = size;
  o.is_latest = is_latest.value_or(true);
  o.delete_marker = delete_marker.value_or(false);
  o.num_versions = num_versions;
  o.successor_mod_time = successor_mod_time;
  o.tags = tags.value_or("");
  o.transition_status = transition_status.value_or("");
  o.restore_expires = restore_expires;
  const auto whose = deciding(config->view(), name.value_or("kept"));
  return answer{evaluate(config->view(), o, *at, newer_noncurrent_versions.value_or(0), whose)};
}

// The rules for a version set, which a caller's query may well break.
void check_versions(std::span<const object> versions) {
  for (size_t i = 0; i < versions.size(); i++) {
    const auto &o = versions[i];
    const std::string which = "version " + std::to_string(i + 1);
    if (o.key != versions[0].key) {
      throw error(invalid_value, which + " is of key \"" + std::string(o.key) + "\", the first of \"" +
                                     std::string(versions[0].key) + "\"")
          .with_hint(
              "Pass the versions of one key, newest first: array_agg(... ORDER BY mod_time DESC) GROUP BY "
              "key.");
    }
    if (o.num_versions && static_cast<size_t>(*o.num_versions) != versions.size()) {
      throw error(invalid_value, which + " says that its key has " + std::to_string(*o.num_versions) +
                                     " versions, the array holds " + std::to_string(versions.size()))
          .with_hint("Pass all versions of the key at once, or leave num_versions NULL.");
    }
    if (i > 0 && o.mod_time && versions[i - 1].mod_time && *o.mod_time > *versions[i - 1].mod_time) {
      throw error(invalid_value, which + " is newer than the one before it")
          .with_hint("Order the versions newest first.");
    }
  }
}

pg::rows<event_row> lifecycle_evaluate_versions(stored config, std::span<const object> versions, timestamp at,
                                                bool object_lock, text_view name) {
  check_versions(versions);
  const auto whose = deciding(config.view(), name);
  // A hold or a retention can only come from object lock, whatever the caller knows of the bucket.
  for (const auto &o : versions) object_lock = object_lock || o.legal_hold || o.retain_until;
  std::vector<event> events(versions.size());
  evaluate_versions(config.view(), versions, at, object_lock, events, whose);
  pg::rows<event_row> rows;
  for (const auto &e : events) {
    const bool none = e.action == action::none;
    rows.emplace_back(action_name(e.action), none ? std::nullopt : std::optional(e.due), unless_empty(e.rule_id),
                      unless_empty(e.storage_class));
  }
  return rows;
}

answer lifecycle_predict(stored config, object o, text_view name) {
  return {predict(config.view(), o, 0, deciding(config.view(), name))};
}

std::optional<std::string> lifecycle_expiration_header(stored config, object o, text_view name) {
  return expiration_header(config.view(), o, deciding(config.view(), name));
}

using explained_row = std::tuple<int32, std::optional<text_view>, bool, std::optional<text_view>,
                                 std::optional<timestamp>, std::optional<text_view>, bool, std::string, text_view>;

pg::rows<explained_row> lifecycle_explain(stored config, object o, timestamp at, text_view name) {
  const auto whose = deciding(config.view(), name);
  pg::rows<explained_row> rows;
  for (auto &told : explain(config.view(), o, at, 0, whose)) {
    const auto name = told.action == action::none ? std::nullopt : std::optional(action_name(told.action));
    rows.emplace_back(told.position, unless_empty(told.rule_id), told.matches, name, told.due,
                      unless_empty(told.storage_class), told.chosen, std::move(told.reason), name_of(whose));
  }
  return rows;
}

}  // namespace

PRIMECLOUD_FUNCTION(primecloud_lifecycle_evaluate_object, lifecycle_evaluate_object);
PRIMECLOUD_FUNCTION(primecloud_lifecycle_evaluate, lifecycle_evaluate);
PRIMECLOUD_FUNCTION(primecloud_lifecycle_evaluate_versions, lifecycle_evaluate_versions);
PRIMECLOUD_FUNCTION(primecloud_lifecycle_predict, lifecycle_predict);
PRIMECLOUD_FUNCTION(primecloud_lifecycle_expiration_header, lifecycle_expiration_header);
PRIMECLOUD_FUNCTION(primecloud_lifecycle_explain, lifecycle_explain);
