// Comparisons of one column with literals: which of them follows from which.
#pragma once

#include <vector>

#include "core/review/tree.hpp"

namespace primecloud::review {

// Whether each row for which `a` is true is one for which `b` is: x < 5 and x < 7, whatever x is.
bool range_within(const node *a, const node *b);

// Of each pair of these, by place, where the first is within the second.
std::vector<std::pair<std::size_t, std::size_t>> ranges_within(const std::vector<const node *> &all);

}  // namespace primecloud::review
