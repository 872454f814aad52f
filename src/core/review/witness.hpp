// What a row has to hold to be let through by that in a policy which is bound to no tenant.
#pragma once

#include <optional>

#include "core/review/policy.hpp"

namespace primecloud::review {

struct given {
  std::int64_t column;
  std::optional<std::string> value;  // as text; nothing: NULL
};

struct witness {
  std::string by;             // the policy and the disjunct
  std::vector<given> values;  // the constants of the predicate, a column once
};

// For reading: of each permissive policy the disjuncts that are bound to nothing, ten at most.
std::vector<witness> witnesses_of(nursery &made, const table &of);

// The settings from which policies take who asks.
std::vector<std::string> settings_of(const table &of);

}  // namespace primecloud::review
