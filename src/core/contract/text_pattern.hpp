// What texts look like that to_camel_json writes for a type, as a regular expression of ECMAScript.
#pragma once

#include <string_view>

#include "core/contract/value_type.hpp"

namespace primecloud::contract {

// Empty where any text may come.
std::string_view text_pattern(const value_type &type);

}  // namespace primecloud::contract
