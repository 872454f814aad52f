// What the lifecycle tests share: cases from files, and objects made of them.
#pragma once

#include <fstream>
#include <list>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/lifecycle/calendar.hpp"
#include "core/lifecycle/decide.hpp"
#include "core/lifecycle/object.hpp"
#include "core/lifecycle/parse.hpp"
#include "core/lifecycle/record.hpp"

namespace primecloud::lifecycle {

using json = nlohmann::json;

inline std::vector<json> cases_of(const std::string &name) {
  std::ifstream file(std::string(CASES_DIRECTORY) + "/" + name);
  std::vector<json> all;
  for (std::string line; std::getline(file, line);) all.push_back(json::parse(line));
  return all;
}

// 2025-02-11T04:31:37Z or 2025-02-11T04:31:37.123456Z
inline timestamp read_time(const std::string &text) {
  int year, month, day, hour, minute, second, taken = 0;
  if (std::sscanf(text.c_str(), "%d-%d-%dT%d:%d:%d%n", &year, &month, &day, &hour, &minute, &second, &taken) != 6)
    throw std::runtime_error(text);
  std::int64_t t = days_from_civil({year, month, day}) * 86400 + hour * 3600 + minute * 60 + second;
  std::int64_t fraction = 0;
  if (text[taken] == '.') {
    int digits = 0;
    for (const char *p = text.c_str() + taken + 1; *p >= '0' && *p <= '9'; p++, digits++)
      fraction = fraction * 10 + (*p - '0');
    for (; digits < 6; digits++) fraction *= 10;
  }
  return {t * 1'000'000 + fraction};
}

inline std::optional<timestamp> optional_time(const json &o, const char *name) {
  if (!o.contains(name) || o.at(name).is_null()) return std::nullopt;
  return read_time(o.at(name));
}

// Objects that own their texts.
class objects {
 public:
  object add(const json &o) {
    object made;
    made.key = keep(o.value("name", ""));
    made.version_id = keep(o.value("version_id", ""));
    made.mod_time = optional_time(o, "mod_time");
    made.size = o.value("size", std::int64_t{0});
    made.is_latest = o.value("is_latest", true);
    made.delete_marker = o.value("delete_marker", false);
    made.num_versions = o.value("num_versions", 1);
    made.successor_mod_time = optional_time(o, "successor_mod_time");
    made.tags = keep(o.value("user_tags", ""));
    made.transition_status = keep(o.value("transition_status", ""));
    if (!o.value("restore_ongoing", false)) made.restore_expires = optional_time(o, "restore_expires");
    made.replication_pending = o.value("version_purge_status", "") == "PENDING";
    if (o.contains("user_defined")) {
      const auto &headers = o.at("user_defined");
      made.legal_hold = headers.value("x-amz-object-lock-legal-hold", "") == "ON";
      made.retain_until = optional_time(headers, "x-amz-object-lock-retain-until-date");
    }
    return made;
  }
  std::string_view keep(std::string text) { return texts_.emplace_back(std::move(text)); }

 private:
  std::list<std::string> texts_;
};

// The name MinIO has for an action.
inline std::string reference_name(action a) {
  switch (a) {
    case action::remove: return "Delete";
    case action::remove_version: return "DeleteVersion";
    case action::transition: return "Transition";
    case action::transition_version: return "TransitionVersion";
    case action::remove_restored: return "DeleteRestored";
    case action::remove_restored_version: return "DeleteRestoredVersion";
    case action::remove_all_versions: return "DeleteAllVersions";
    case action::marker_remove_all_versions: return "DelMarkerDeleteAllVersions";
    default: return "None";
  }
}

}  // namespace primecloud::lifecycle
