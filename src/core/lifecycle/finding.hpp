// What a check of a configuration finds: nothing, or a problem.
#pragma once

#include "core/lifecycle/validate.hpp"

namespace primecloud::lifecycle {

using finding = std::optional<problem>;

inline finding found(refusal as, std::string what, std::string allowed) {
  return problem{as, std::move(what), std::move(allowed)};
}

finding check_filter(const rule &r);
// A value without a key would be no condition, and the rule one for the whole bucket.
finding check_keyless_tag(const rule &r);

}  // namespace primecloud::lifecycle
