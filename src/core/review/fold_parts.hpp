// The parts of the fold, each over arguments that are folded already.
#pragma once

#include "core/review/fold.hpp"

namespace primecloud::review {

const node *answered(nursery &made, const node *comparison, int order);
const node *folded_compare(nursery &made, const node *n);
const node *folded_distinct(nursery &made, const node *n);
const node *folded_is_null(nursery &made, const node *n);
const node *folded_is_true(nursery &made, const node *n);
const node *joined(nursery &made, kind how, const std::vector<const node *> &parts);
const node *folded_choice(nursery &made, const node *n);
const node *folded_first(nursery &made, const node *n);
const node *folded_null_if(nursery &made, const node *n);
const node *folded_list(nursery &made, const node *n);
const node *folded_subquery(nursery &made, const node *n);

}  // namespace primecloud::review
