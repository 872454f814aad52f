// The changes between two contracts in their canonical form.
#pragma once

#include <string_view>

#include "core/contract/change.hpp"

namespace primecloud::contract {

// Sorted by object and change.  Throws invalid_value where one is no contract.
changes diff(std::string_view before, std::string_view after);

}  // namespace primecloud::contract
