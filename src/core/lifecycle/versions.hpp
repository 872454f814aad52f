// All versions of one key together, newest first: what NewerNoncurrentVersions
// spares depends on what happens to the versions before.
#pragma once

#include <span>

#include "core/lifecycle/evaluate.hpp"

namespace primecloud::lifecycle {

// Writes one event for each version.  `object_lock`: the bucket has object lock, so
// that holds and retention bind and nothing deletes all versions at once.
// The caller sees to it that events.size() == versions.size().
void evaluate_versions(const record_view &config, std::span<const object> versions, timestamp at, bool object_lock,
                       std::span<event> events, dialect whose = dialect::minio) noexcept;

}  // namespace primecloud::lifecycle
