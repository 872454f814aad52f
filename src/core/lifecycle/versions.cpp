#include "core/lifecycle/versions.hpp"

namespace primecloud::lifecycle {
namespace {

constexpr bool destroys_all(action a) noexcept {
  return a == action::remove_all_versions || a == action::marker_remove_all_versions;
}

constexpr bool destroys_one(action a) noexcept {
  return a == action::remove_version || a == action::remove_restored_version;
}

}  // namespace

void evaluate_versions(const record_view &config, std::span<const object> versions, timestamp at, bool object_lock,
                       std::span<event> events, dialect whose) noexcept {
  for (auto &e : events) e = {};
  std::int64_t spared = 0;
  for (std::size_t i = 0; i < versions.size(); i++) {
    const auto &o = versions[i];
    event e = evaluate(config, o, at, spared, whose);
    if (destroys_all(e.action)) {
      if (object_lock) {
        e = {};
      } else {
        events[i] = e;  // nothing is left to say of the versions below
        return;
      }
    }
    if (destroys_one(e.action) && (o.version_id.empty() || (object_lock && is_held(o, at)) || o.replication_pending))
      e = {};
    // AWS does not count delete markers among the versions that stay.
    const bool counts = whose == dialect::minio || !o.delete_marker;
    if (!o.is_latest && counts && e.action != action::remove_version) spared++;
    events[i] = e;
  }
}

}  // namespace primecloud::lifecycle
