// What a condition says of the columns in it.
#pragma once

#include <map>

#include "core/contract/facts.hpp"

namespace primecloud::contract {

struct saying {
  std::map<int, facts> columns;
  bool told = false;  // whether the columns' facts are all that the condition demands

  bool only_values() const;  // whether these are lists of values, or that there is one: an enum's, or NOT NULL's
};

// Of a condition that is not false for any row, as a CHECK promises it.
saying read(const term &condition);

// Of all conditions together.
saying read_all(const term *const *conditions, std::size_t count);

}  // namespace primecloud::contract
