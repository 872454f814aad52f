// What is open when nobody has entered: the predicate with every context missing.
#include <algorithm>
#include <iterator>

#include "core/review/checks.hpp"

namespace primecloud::review {
namespace {

// Every row, or those without a tenant.
bool opens(const node *n) {
  if (is_truth(n, true)) return true;
  if (n->is == kind::is_null) return n->args[0]->is == kind::own && n->args[0]->has(tenant);
  return n->is == kind::compare && n->op == relation::equal && n->args[0]->is == kind::own && n->args[0]->has(tenant) &&
         same(n->args[0], n->args[1]);
}

const node *opens_without(nursery &made, const node *n) {
  for (const bool empty : {false, true}) {
    const node *left = without_contexts(made, n, empty);
    if (opens(left)) return left;
  }
  return nullptr;
}

struct search {
  nursery &made;

  // column IS NOT DISTINCT FROM context: the rows of which the column is NULL.
  const node *rows_without(const node *n) {
    const node *left = without_contexts(made, n, false);
    return left->is == kind::is_null && !left->negated && left->args[0]->is == kind::own ? left : nullptr;
  }
  const node *opened = nullptr, *becomes = nullptr;

  // `held`: a bound conjunct stands beside, which is not true without a context.
  void look(const node *n, bool held) {
    if (opened != nullptr || !has_context(n)) return;
    if (n->is == kind::both) {
      std::vector<bool> ties;
      for (const node *part : *n) ties.push_back(binds(part, false) && opens_without(made, part) == nullptr);
      const auto tied = std::count(ties.begin(), ties.end(), true);
      for (std::uint32_t i = 0; i < n->count; i++) look(n->args[i], held || tied - (ties[i] ? 1 : 0) > 0);
      return;
    }
    if (n->is == kind::either) {
      for (const node *part : *n) look(part, held);
      // (What asks nobody is open with a context and without.)
      std::vector<const node *> asking;
      std::copy_if(n->begin(), n->end(), std::back_inserter(asking), has_context);
      if (asking.size() < n->count) n = made.either(asking);
    }
    if (opened != nullptr || held) return;
    becomes = opens_without(made, n);
    if (becomes == nullptr && n->is == kind::distinct && n->negated) becomes = rows_without(n);
    if (becomes != nullptr) opened = n;
  }
};

void check_one(const judged &p, const node *said, bool written, findings &found) {
  search s{p.made};
  s.look(said, false);
  if (s.opened == nullptr) return;
  const std::string text = shown(s.opened);
  add(found, p, "policy_fails_open", "error",
      "without a context " + text + " is " + (is_truth(s.becomes, true) ? "true" : shown(s.becomes)),
      alter(p, !written, written), {text, shown(said)});
}

}  // namespace

void check_missing(const judged &p, findings &found) {
  if (!p.it.permissive) return;
  const std::size_t before = found.size();
  if (p.row != nullptr && !p.row_held) check_one(p, p.row, false, found);
  if (p.check != nullptr && !p.check_held && found.size() == before) check_one(p, p.check, true, found);
}

}  // namespace primecloud::review
