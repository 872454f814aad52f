// Whether bytes are laid out as a record is.
#pragma once

#include "core/lifecycle/record.hpp"

namespace primecloud::lifecycle {

// Throws `refused`: the bytes are no lifecycle record, and why.
[[noreturn]] void damaged(const char *what);

// Every text must begin where the one before it ended, and every rule own the
// next tags and actions: so nothing lies outside, nothing is told twice, and
// reading costs no more than the bytes are worth.
void check_places(bytes record);

}  // namespace primecloud::lifecycle
