// What a query's conditions say of one of its relations, by way of the others.
#pragma once

#include "core/review/predicate.hpp"

namespace primecloud::review {

// Whether every row of the relation that comes out is tied to who asks: itself, or by an
// equality with a column of another relation that is.
bool binds_by_join(const node *filter);

}  // namespace primecloud::review
