// Pushing NOT down, and what a WHERE makes of what is left.
#include "core/review/fold_parts.hpp"

namespace primecloud::review {
namespace {

const node *each_negated(nursery &made, const node *n, kind is) {
  std::vector<const node *> below;
  for (const node *arg : *n) below.push_back(negated(made, arg));
  return is == n->is ? made.with(n, below) : joined(made, is, below);
}

// A CASE of booleans: a branch counts where its condition is true and those before it are not.
const node *cases_as_either(nursery &made, const node *n) {
  std::vector<const node *> branches, before;
  const auto branch = [&](const node *result) {
    std::vector<const node *> all = before;
    all.push_back(as_filter(made, result));
    branches.push_back(joined(made, kind::both, all));
  };
  for (std::uint32_t i = 0; i + 1 < n->count; i += 2) {
    before.push_back(as_filter(made, n->args[i]));
    branch(n->args[i + 1]);
    before.back() = folded_is_true(made, made.make({.is = kind::is_true, .negated = true, .number = 1}, {n->args[i]}));
  }
  branch(n->args[n->count - 1]);
  return joined(made, kind::either, branches);
}

const node *first_as_filter(nursery &made, const node *n) {
  const node *last = n->args[n->count - 1];
  if (n->count != 2 || last->is != kind::truth) return n;
  if (last->number == 0) return as_filter(made, n->args[0]);
  return folded_is_true(made, made.make({.is = kind::is_true, .negated = true, .number = 0}, {n->args[0]}));
}

const node *compare_as_filter(nursery &made, const node *n) {
  if (!n->more.empty() || n->args[0]->is != kind::own || !same(n->args[0], n->args[1])) return n;
  const node *there = made.is_null(n->args[0], true);
  return is_truth(answered(made, n, 0), true) ? there : made.truth(false);
}

}  // namespace

const node *negated(nursery &made, const node *n) {
  node turned = *n;
  switch (n->is) {
    case kind::nothing: return n;
    case kind::truth: return made.truth(n->number == 0);
    case kind::negation: return n->args[0];
    case kind::both: return each_negated(made, n, kind::either);
    case kind::either: return each_negated(made, n, kind::both);
    case kind::first: return each_negated(made, n, kind::first);
    case kind::is_null:
      // A row of which one part is NULL is neither.
      if (!n->more.empty()) return made.negation(n);
      turned.negated = !n->negated;
      break;
    case kind::is_true:
    case kind::distinct: turned.negated = !n->negated; break;
    case kind::compare: turned.op = inverse(n->op); break;
    case kind::any: turned.is = kind::all, turned.op = inverse(n->op); break;
    case kind::all: turned.is = kind::any, turned.op = inverse(n->op); break;
    case kind::any_row: turned.is = kind::all_row, turned.op = inverse(n->op); break;
    case kind::all_row: turned.is = kind::any_row, turned.op = inverse(n->op); break;
    case kind::choice: {
      std::vector<const node *> below(n->begin(), n->end());
      for (std::size_t i = 1; i < below.size(); i += 2) below[i] = negated(made, below[i]);
      below.back() = negated(made, below.back());
      return made.with(n, below);
    }
    default: return made.negation(n);
  }
  if (turned.op == relation::none && turned.op == n->op && turned.negated == n->negated) return made.negation(n);
  return made.make(turned, {n->begin(), n->end()});
}

const node *as_filter(nursery &made, const node *n) {
  switch (n->is) {
    case kind::nothing: return made.truth(false);
    case kind::both:
    case kind::either: {
      std::vector<const node *> below;
      for (const node *arg : *n) below.push_back(as_filter(made, arg));
      return joined(made, n->is, below);
    }
    case kind::is_true:
      if (n->negated) return n;
      return as_filter(made, n->number != 0 ? n->args[0] : negated(made, n->args[0]));
    case kind::first: return first_as_filter(made, n);
    case kind::choice: return n->count <= 33 ? cases_as_either(made, n) : n;
    case kind::compare: return compare_as_filter(made, n);
    case kind::distinct:
      if (!n->negated || (!never_null(n->args[0]) && !never_null(n->args[1]))) return n;
      return folded_compare(
          made, made.compare(relation::equal, n->args[0], n->args[1], strict | (n->flags & exact), n->more));
    default: return n;
  }
}

}  // namespace primecloud::review
