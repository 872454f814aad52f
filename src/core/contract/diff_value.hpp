// How two types of one place differ.
#pragma once

#include "core/contract/change.hpp"
#include "core/contract/value_type.hpp"

namespace primecloud::contract {

// What the place is, beside its types.
struct place {
  std::string object;
  use used;
  bool argument = false;          // only what is sent counts, in whichever form
  bool lengths_by_check = false;  // a CHECK on it changed, so lengths are not the type's own
  bool validated = false;         // a CHECK that writers were held to came to hold for what is stored
  std::vector<std::string> opaque_before, opaque_after;  // rules of its domains that no type tells
  std::vector<std::string> causes;
};

// Types, values, bounds; then whether elements may be null.
void diff_values(const value_type &before, const value_type &after, const place &at, changes &found);

// Whether null can come, of the value or of its elements.
void diff_nullability(bool before, bool after, const value_type &old_type, const value_type &new_type, const place &at,
                      changes &found);

}  // namespace primecloud::contract
