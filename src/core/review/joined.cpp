#include "core/review/joined.hpp"

#include <algorithm>

namespace primecloud::review {
namespace {

bool is_column(const node *n) { return n->is == kind::own || n->is == kind::other; }

struct classes {
  std::vector<std::vector<const node *>> all;  // of columns that are equal
  std::vector<const node *> tied;              // to who asks

  std::size_t of(const node *column) {
    for (std::size_t i = 0; i < all.size(); i++)
      if (std::any_of(all[i].begin(), all[i].end(), [&](const node *other) { return same(other, column); })) return i;
    all.push_back({column});
    return all.size() - 1;
  }
  void meet(const node *a, const node *b) {
    const std::size_t into = of(a), from = of(b);
    if (into == from) return;
    all[into].insert(all[into].end(), all[from].begin(), all[from].end());
    all[from].clear();
  }
  void note(const node *n) {
    if (n->is != kind::compare || n->op != relation::equal) return;
    const node *a = n->args[0], *b = n->args[1];
    if (is_column(a) && is_column(b)) meet(a, b);
    if (is_column(a) && has_context(b) && !has_own(b)) tied.push_back(a);
    if (is_column(b) && has_context(a) && !has_own(a)) tied.push_back(b);
  }
};

}  // namespace

bool binds_by_join(const node *n) {
  if (binds(n, false)) return true;
  if (n->is == kind::either) return std::all_of(n->begin(), n->end(), binds_by_join);
  if (n->is != kind::both) return false;
  classes known;
  for (const node *part : *n) known.note(part);
  for (const node *column : known.tied) {
    const auto &alike = known.all[known.of(column)];
    if (std::any_of(alike.begin(), alike.end(), [](const node *other) { return other->is == kind::own; })) return true;
  }
  return false;
}

}  // namespace primecloud::review
