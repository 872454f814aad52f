// Why: every rule, whether it applies to an object, and what becomes of each of
// its actions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/lifecycle/evaluate.hpp"

namespace primecloud::lifecycle {

struct explanation {
  std::int32_t position;  // of the rule, from 1; 0 is the object itself
  std::string_view rule_id;
  bool matches;
  lifecycle::action action;  // none if the rule does not match
  std::optional<timestamp> due;
  std::string_view storage_class;
  bool chosen;  // this is what lifecycle_evaluate_object answers
  std::string reason;
};

std::vector<explanation> explain(const record_view &config, const object &o, timestamp at, std::int64_t spared = 0,
                                 dialect whose = dialect::minio);

}  // namespace primecloud::lifecycle
