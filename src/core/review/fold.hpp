// What an expression comes to without a server: constants, columns that are NOT NULL,
// null tests, CASE with equal branches.  Nothing is executed; what is not known stays.
#pragma once

#include "core/review/nursery.hpp"

namespace primecloud::review {

// The classes of literals, which say what their texts decide.
enum literal_class : std::int64_t { other_literal = 0, integer_literal = 1, text_literal = 2, uuid_literal = 3 };

// Equal in all three values.
const node *fold(nursery &made, const node *n);

// NOT of what is folded already, pushed down to where it stays.
const node *negated(nursery &made, const node *n);

// What is folded already, as a WHERE takes it: NULL is false, so IS TRUE is nothing, and
// a CASE of booleans is an OR.
const node *as_filter(nursery &made, const node *n);

// Whether it is never NULL.
bool never_null(const node *n);

// The order of two literals, where their texts tell: -1, 0, 1; 2 for different and no more; 3 for unknown.
int literal_order(const node *a, const node *b);

}  // namespace primecloud::review
