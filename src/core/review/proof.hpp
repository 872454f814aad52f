// Why a table is bound to the tenant, or why that cannot be said: step by step.
#pragma once

#include "core/review/policy.hpp"

namespace primecloud::review {

struct step {
  const char *command;
  bool holds;
  std::string says;
};

// A column of another table that a proof asks; of relation 0: what a function that is believed reads.
struct used_column {
  const char *command;
  std::uint32_t relation;
  std::int16_t column;
  bool given;  // the tenant comes from there
};

struct proof {
  std::vector<step> steps;
  std::vector<used_column> uses;
};

// For every command that the policies are asked for, of those who come.
proof proof_of(nursery &made, const table &of);

}  // namespace primecloud::review
