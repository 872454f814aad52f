// Conditions of one column.
#pragma once

#include "core/contract/check.hpp"

namespace primecloud::contract {

saying read_one(const term &condition);

// What `column order number` says, by the kind of number that the column holds.
saying read_bound(const term &condition);

// Whether a regular expression that the server takes means the same to ECMAScript.
bool is_plain_pattern(std::string_view pattern) noexcept;

}  // namespace primecloud::contract
