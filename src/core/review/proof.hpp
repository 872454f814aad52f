// Why a table is bound to the tenant, or why that cannot be said: step by step.
#pragma once

#include "core/review/policy.hpp"

namespace primecloud::review {

struct step {
  const char *command;
  bool holds;
  std::string says;
};

// For every command that the policies are asked for, of those who come.
std::vector<step> proof_of(nursery &made, const table &of);

}  // namespace primecloud::review
