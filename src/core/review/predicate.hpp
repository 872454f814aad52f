// What a predicate says of rows and of who asks.  Each takes a filter: folded, NOT pushed
// down, NULL taken for false (normal()).
#pragma once

#include <optional>
#include <vector>

#include "core/review/fold.hpp"

namespace primecloud::review {

// Folded and as a WHERE takes it.
const node *normal(nursery &made, const node *n);

// The same with no context there: contexts are NULL, settings are the empty string if so told.
const node *without_contexts(nursery &made, const node *n, bool settings_empty);

// A conjunct that ties the row to who asks: own column = context, or a subquery with a
// context inside that the row's column takes part in.
bool is_bound(const node *conjunct, bool by_tenant);

// Whether every row that passes is tied so.
bool binds(const node *filter, bool by_tenant);

// The comparisons (tenant column = what has no column) that every row passes, which the
// planner takes out as a condition for an index.
std::vector<const node *> index_conditions(const node *filter);

// The disjuncts, each a list of conjuncts; nothing if there are more than `most`.
using conjunction = std::vector<const node *>;
std::optional<std::vector<conjunction>> disjuncts(const node *filter, std::size_t most = 256);

}  // namespace primecloud::review
