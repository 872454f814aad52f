// What lifecycle rules are asked about, and what they answer.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/timestamp.hpp"

namespace primecloud::lifecycle {

// One version of an object, or one delete marker.  Views: the texts are the caller's.
// What is not known is absent, and then no rule that depends on it applies.
struct object {
  std::string_view key, version_id;
  std::optional<timestamp> mod_time;
  std::optional<std::int64_t> size = 0;  // bytes
  bool is_latest = true;
  bool delete_marker = false;
  std::optional<std::int32_t> num_versions;     // of the key, this one included
  std::optional<timestamp> successor_mod_time;  // when it ceased to be the latest
  std::string_view tags;                        // as a URL query: a=1&b=2
  std::string_view transition_status;           // "complete" once it has moved
  std::optional<timestamp> restore_expires;     // of a copy restored from another tier
  bool legal_hold = false;
  std::optional<timestamp> retain_until;
  bool replication_pending = false;  // its deletion waits to be replicated
};

enum class action : std::uint8_t {
  none,
  remove,          // a latest version: a delete marker takes its place
  remove_version,  // this version, for good
  transition,
  transition_version,
  remove_restored,  // the restored copy alone
  remove_restored_version,
  remove_all_versions,
  marker_remove_all_versions,  // a delete marker and everything below it
};

// delete, delete_version, ... as SQL spells them.
std::string_view action_name(action a) noexcept;

// For what an action does to a version that is locked or held.
constexpr bool destroys_version(action a) noexcept {
  return a == action::remove_version || a == action::remove_restored_version || a == action::remove_all_versions ||
         a == action::marker_remove_all_versions;
}

// The answer.  Its texts point into the record.
struct event {
  lifecycle::action action = action::none;
  timestamp due{};
  std::string_view rule_id, storage_class;
};

}  // namespace primecloud::lifecycle
