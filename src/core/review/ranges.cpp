#include "core/review/ranges.hpp"

#include "core/review/fold.hpp"

namespace primecloud::review {
namespace {

bool is_below(relation op) { return op == relation::less || op == relation::less_equal; }
bool is_above(relation op) { return op == relation::greater || op == relation::greater_equal; }
bool is_open(relation op) { return op == relation::less || op == relation::greater; }

}  // namespace

bool range_within(const node *a, const node *b) {
  if (a->is != kind::compare || b->is != kind::compare || a->more != b->more || !same(a->args[0], b->args[0]))
    return false;
  const bool below = is_below(a->op) && is_below(b->op), above = is_above(a->op) && is_above(b->op);
  const int order = literal_order(a->args[1], b->args[1]);
  if ((!below && !above) || order < -1 || order > 1) return false;
  if (order == 0) return is_open(a->op) || !is_open(b->op);
  return below ? order < 0 : order > 0;
}

std::vector<std::pair<std::size_t, std::size_t>> ranges_within(const std::vector<const node *> &all) {
  std::vector<std::pair<std::size_t, std::size_t>> found;
  for (std::size_t i = 0; i < all.size(); i++)
    for (std::size_t j = 0; j < all.size(); j++)
      if (i != j && range_within(all[i], all[j])) found.emplace_back(i, j);
  return found;
}

}  // namespace primecloud::review
