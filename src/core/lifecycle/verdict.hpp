// What becomes of an action of a rule that applies to an object: why it says nothing about
// it, or which goes first.
#pragma once

#include <cstdint>
#include <limits>

#include "core/lifecycle/object.hpp"

namespace primecloud::lifecycle {

enum class passed : std::uint8_t {
  for_latest,  // speaks of latest versions, and this one is not
  for_noncurrent,
  for_objects,       // not of delete markers
  for_markers,       // only of delete markers that are latest
  for_sole_markers,  // only of a delete marker without versions
  marker_decides,    // DelMarkerExpiration of the same rule decides alone
  moved_already,
  spared,  // NewerNoncurrentVersions keeps it
  successor_unknown,
  for_uploads,
  marker_said_false,  // ExpiredObjectDeleteMarker is false
  // To MinIO
  not_the_last,  // of the transitions of its rule
  // To AWS
  too_small,    // for a transition, by default
  no_way_down,  // from the storage class it is in
  unknown_to_aws,
};

inline constexpr std::uint16_t no_rule = std::numeric_limits<std::uint16_t>::max();
inline constexpr std::uint32_t no_action = std::numeric_limits<std::uint32_t>::max();

// The order in which due actions go before one another, but where AWS decides; within
// one class the earlier wins, then the earlier rule.
constexpr int precedence(action a) noexcept {
  switch (a) {
    case action::remove_all_versions:
    case action::marker_remove_all_versions: return 0;
    case action::remove:
    case action::remove_version: return 1;
    case action::transition:
    case action::transition_version: return 2;
    default: return 3;
  }
}

constexpr bool moves(action a) noexcept { return a == action::transition || a == action::transition_version; }

// Does an expiration of the latest version leave nothing to come back to?  It does where
// the bucket keeps no versions, and to a version made while it kept none.
constexpr bool expires_for_good(const object &o) noexcept { return o.version_id.empty() || o.version_id == "null"; }

}  // namespace primecloud::lifecycle
