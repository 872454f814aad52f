// Types by their names and modifiers: whose values are another's too.
#pragma once

#include "core/contract/value_type.hpp"

namespace primecloud::contract {

struct contained {
  bool values = false;  // each value of the first, as it is sent, is one of the second
  bool taken = false;   // what the first takes the second takes, and it means the same
};
contained type_order(const value_type &first, const value_type &second);

// An integer's type is bounds too: the value with the narrower of both.
value_type with_ends_of_type(value_type value);

}  // namespace primecloud::contract
