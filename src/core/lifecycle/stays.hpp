// When an action is due, and why one comes to nothing, in the one dialect and the other.
#pragma once

#include <optional>

#include "core/lifecycle/calendar.hpp"
#include "core/lifecycle/record.hpp"
#include "core/lifecycle/storage_class.hpp"
#include "core/lifecycle/verdict.hpp"

namespace primecloud::lifecycle {

// Days 0 are at once to MinIO, and the next midnight to AWS.
template <dialect whose>
constexpr timestamp due_in(timestamp from, std::int64_t days) noexcept {
  return whose == dialect::aws ? midnight_after(from, days) : due_after(from, days);
}

// What MinIO adds to S3 does nothing at AWS, which would refuse the whole document.
template <dialect whose>
constexpr bool unknown_in(const action_entry &a) noexcept {
  return whose == dialect::aws && (a.kind == action_entry::expire_marker || a.holds & action_entry::all_versions);
}

constexpr bool asks_for_size(const rule_entry &r) noexcept {
  return r.size_greater_than > 0 || r.size_less_than > 0 || r.written & rule_entry::greater_than_zero;
}

// Why the object stays where it is, whenever the transition at `index` is due.  A size
// that is not known is none that AWS minds.
template <dialect whose>
[[gnu::always_inline]] inline std::optional<passed> stays(const record_view &config, const object &o,
                                                          const rule_entry &r, std::uint32_t index) noexcept {
  if (o.transition_status == "complete") return passed::moved_already;
  const auto a = config.action(index);
  if constexpr (whose == dialect::aws) {
    const auto to = find_storage_class(config.storage_class(a));
    if (!may_move(find_storage_class(o.transition_status), to)) return passed::no_way_down;
    const bool small = o.size && *o.size < small_object && !asks_for_size(r);
    if (small && !takes_small_objects(to, config.small_objects())) return passed::too_small;
  } else if (index + 1 < r.first_action + r.actions && config.action(index + 1).kind == a.kind) {
    return passed::not_the_last;
  }
  return std::nullopt;
}

}  // namespace primecloud::lifecycle
