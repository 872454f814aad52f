// Decimal numbers as they are written, of any length, in their order.
#pragma once

#include <string_view>

namespace primecloud::contract {

// Less than, equal to or greater than 0, as `a` stands to `b`.  Both are numbers of JSON.
int compare_written(std::string_view a, std::string_view b);

}  // namespace primecloud::contract
