// What is due for an object, and what will be.
//
// Deterministic: of all actions due, those that delete every version go first,
// then deletions, then transitions, then restored copies; among equals the one
// due earlier, then the one whose rule stands earlier.  AWS chooses otherwise
// (core/lifecycle/best_of_aws.hpp).  Nothing allocates.
#pragma once

#include "core/lifecycle/object.hpp"
#include "core/lifecycle/record.hpp"

namespace primecloud::lifecycle {

// What the rules say is due at `at` (strictly after its due date).  `spared`: how many
// noncurrent versions newer than this one stay.  Holds and locks are not looked at.
event evaluate(const record_view &config, const object &o, timestamp at, std::int64_t spared = 0,
               dialect whose = dialect::minio) noexcept;

// The same, and nothing if the object is held or retained and the action would destroy it.
event evaluate_held(const record_view &config, const object &o, timestamp at, std::int64_t spared = 0,
                    dialect whose = dialect::minio) noexcept;

// What happens next, whenever that is: the earliest due date, and at the same time
// expiration before transition (AWS: a transition before a delete marker).  `none` if
// nothing ever does.
event predict(const record_view &config, const object &o, std::int64_t spared = 0,
              dialect whose = dialect::minio) noexcept;

// When AWS would say that the object expires, whatever becomes of it before.
event predict_expiration_at_aws(const record_view &config, const object &o) noexcept;

// May this version not be destroyed now?
bool is_held(const object &o, timestamp at) noexcept;

}  // namespace primecloud::lifecycle
