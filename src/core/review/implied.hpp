// Whether one predicate lets through what another does: decided by trying every case, where
// the terms are columns, contexts and constants and the questions equality and NULL.
#pragma once

#include "core/review/predicate.hpp"

namespace primecloud::review {

enum class answer : std::uint8_t { yes, no, undecided };

// Whether every row that passes `a`, whoever asks, passes `b`.
answer implies(nursery &made, const node *a, const node *b);

enum class change : std::uint8_t { neither, opened, closed, both, undecided };
change compared(nursery &made, const node *before, const node *after);
const char *name_of(change c);

}  // namespace primecloud::review
