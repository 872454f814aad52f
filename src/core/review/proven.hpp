// What of a predicate is a proof that a row is its tenant's: narrower than what a review lets pass.
#pragma once

#include "core/review/predicate.hpp"

namespace primecloud::review {

// A conjunct by which the tenant column itself is what the context says, or among what a subquery gives whoever asks.
// (A function that is asked with the column may say anything: its body is not followed.)
bool is_proof(const node *conjunct);

// Whether every row that passes has one.
bool is_proven(const node *filter);

// A function that looks at the column and at who asks, and decides by itself; nullptr without one.
const node *decides_by_itself(const node *filter);

}  // namespace primecloud::review
