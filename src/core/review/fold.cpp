#include "core/review/fold.hpp"

#include <algorithm>

#include "core/review/fold_parts.hpp"

namespace primecloud::review {
namespace {

bool has_nothing(const node *n) {
  return std::any_of(n->begin(), n->end(), [](const node *arg) { return arg->is == kind::nothing; });
}

// What a text without a letter comes to: as a setting that nobody made is one.
const node *of_empty_text(nursery &made, const node *n) {
  for (const std::string_view name : {"length", "char_length", "character_length", "octet_length", "bit_length"})
    if (n->text == name) return made.literal(integer_literal, "0");
  for (const std::string_view name : {"btrim", "ltrim", "rtrim", "lower", "upper"})
    if (n->text == name) return made.literal(text_literal, "");
  return n;
}

const node *folded_call(nursery &made, const node *n) {
  const bool of_text = n->count > 0 && n->args[0]->is == kind::literal && n->args[0]->number == text_literal;
  if (of_text && n->args[0]->text.empty()) return of_empty_text(made, n);
  if (!n->has(pattern) || n->count != 2 || n->text.substr(0, 2) != "~~" || n->args[1]->is != kind::literal) return n;
  const bool any_text = n->args[1]->text.find_first_not_of('%') == std::string_view::npos;
  return any_text && !n->args[1]->text.empty() && never_null(n->args[0]) ? made.truth(true) : n;
}

}  // namespace

const node *folded_compare(nursery &made, const node *n) {
  const node *a = n->args[0], *b = n->args[1];
  if (n->op == relation::none) return n;
  if (!has_own(a) && has_own(b)) {
    n = made.make({.is = kind::compare, .op = turned(n->op), .flags = n->flags, .more = n->more}, {b, a});
    std::swap(a, b);
  }
  if (!n->more.empty()) return n;
  if (const int order = literal_order(a, b); order != 3) return answered(made, n, order);
  if (b->is == kind::truth && n->op == relation::equal) return b->number != 0 ? a : negated(made, a);
  if (b->is == kind::truth && n->op == relation::unequal) return b->number != 0 ? negated(made, a) : a;
  const bool column = a->is == kind::own || a->is == kind::other;
  if (column && a->has(not_null) && same(a, b)) return answered(made, n, 0);
  return n;
}

const node *folded_distinct(nursery &made, const node *n) {
  const node *a = n->args[0], *b = n->args[1];
  if (n->more.empty() && same(a, b)) return made.truth(n->negated);
  if (a->is == kind::nothing) return folded_is_null(made, made.is_null(b, !n->negated));
  if (b->is == kind::nothing) return folded_is_null(made, made.is_null(a, !n->negated));
  if (never_null(a) && never_null(b))
    return folded_compare(made, made.compare(n->negated ? relation::equal : relation::unequal, a, b,
                                             strict | (n->flags & exact), n->more));
  return n;
}

const node *folded_is_null(nursery &made, const node *n) {
  if (n->args[0]->is == kind::nothing) return made.truth(!n->negated);
  // (Of a row that is there both may be false.)
  return n->more.empty() && never_null(n->args[0]) ? made.truth(n->negated) : n;
}

const node *folded_is_true(nursery &made, const node *n) {
  const node *of = n->args[0];
  if (of->is == kind::nothing) return made.truth(n->negated);
  if (of->is == kind::truth) return made.truth(((of->number != 0) == (n->number != 0)) != n->negated);
  if (never_null(of)) return (n->number != 0) != n->negated ? of : negated(made, of);
  return n;
}

const node *answered(nursery &made, const node *n, int order) {
  switch (n->op) {
    case relation::equal: return made.truth(order == 0);
    case relation::unequal: return made.truth(order != 0);
    case relation::less: return order == 2 ? n : made.truth(order < 0);
    case relation::less_equal: return order == 2 ? n : made.truth(order <= 0);
    case relation::greater: return order == 2 ? n : made.truth(order > 0);
    case relation::greater_equal: return order == 2 ? n : made.truth(order >= 0);
    case relation::none: return n;
  }
  return n;
}

const node *fold(nursery &made, const node *n) {
  if (n->count == 0 && n->is != kind::list && n->is != kind::first) return n;
  std::vector<const node *> below;
  below.reserve(n->count);
  for (const node *arg : *n) below.push_back(fold(made, arg));
  n = made.with(n, below);
  if (n->has(strict) && has_nothing(n) && (n->is == kind::call || n->is == kind::compare)) return made.nothing();
  switch (n->is) {
    case kind::compare: return folded_compare(made, n);
    case kind::both:
    case kind::either: return joined(made, n->is, below);
    case kind::negation: return negated(made, n->args[0]);
    case kind::is_null: return folded_is_null(made, n);
    case kind::is_true: return folded_is_true(made, n);
    case kind::distinct: return folded_distinct(made, n);
    case kind::choice: return folded_choice(made, n);
    case kind::first: return folded_first(made, n);
    case kind::null_if: return folded_null_if(made, n);
    case kind::any:
    case kind::all: return folded_list(made, n);
    case kind::call: return folded_call(made, n);
    default: return is_subquery(n) ? folded_subquery(made, n) : n;
  }
}

}  // namespace primecloud::review
