#include "core/review/implied.hpp"

#include <algorithm>

#include "core/review/ranges.hpp"

namespace primecloud::review {
namespace {

constexpr int null = 0, unknown_truth = -1;  // values are numbered from 1
constexpr std::size_t most_cases = 60000;

// Terms have values: constants one each, columns and contexts any of these, NULL or one of their own.
// What is not understood is a term of its own that is true, false or NULL.
struct world {
  std::vector<const node *> terms, constants, opaque;
  std::vector<int> term_values, opaque_values;

  static int place(std::vector<const node *> &in, const node *n) {
    for (std::size_t i = 0; i < in.size(); i++)
      if (same(in[i], n)) return static_cast<int>(i);
    in.push_back(n);
    return static_cast<int>(in.size()) - 1;
  }
  static bool is_term(const node *n) { return (n->is == kind::own || n->is == kind::context) && n->more.empty(); }
  static bool is_value(const node *n) {
    // (Of a type with several texts for one value, texts do not tell.)
    if (n->is == kind::literal) return n->more.empty() || n->more[0] != '~';
    if (is_term(n) || n->is == kind::nothing) return true;
    // A cast keeps apart what is apart, and NULL: it stands for what it is of.
    return n->is == kind::call && n->has(cast | strict) && n->count == 1 && n->more.empty() && is_value(n->args[0]);
  }
  static const node *below_casts(const node *n) {
    while (n->is == kind::call) n = n->args[0];
    return n;
  }
  static bool is_equality(const node *n) {
    return n->is == kind::compare && n->more.empty() && (n->op == relation::equal || n->op == relation::unequal) &&
           is_value(n->args[0]) && is_value(n->args[1]);
  }
  void note_value(const node *n) {
    n = below_casts(n);
    if (is_term(n)) place(terms, n);
    if (n->is == kind::literal) place(constants, n);
  }
  void note(const node *n) {
    if (n->is == kind::both || n->is == kind::either || n->is == kind::negation || n->is == kind::is_true) {
      for (const node *part : *n) note(part);
    } else if (is_equality(n) || is_null_of_value(n) || is_distinct(n)) {
      for (const node *side : *n) note_value(side);
    } else if (!is_constant(n)) {
      place(opaque, n);
    }
  }
  static bool is_null_of_value(const node *n) {
    return n->is == kind::is_null && n->more.empty() && is_value(n->args[0]);
  }
  static bool is_distinct(const node *n) {
    return n->is == kind::distinct && n->more.empty() && is_value(n->args[0]) && is_value(n->args[1]);
  }

  int value(const node *n) {
    n = below_casts(n);
    if (n->is == kind::nothing) return null;
    if (n->is == kind::literal) return 1 + place(constants, n);
    return term_values[static_cast<std::size_t>(place(terms, n))];
  }
  // 1, 0, or -1 for NULL.
  int truth(const node *n) {
    switch (n->is) {
      case kind::truth: return n->number != 0;
      case kind::nothing: return unknown_truth;
      case kind::negation: {
        const int of = truth(n->args[0]);
        return of < 0 ? of : 1 - of;
      }
      case kind::both:
      case kind::either: {
        const int ends = n->is == kind::either;
        int result = 1 - ends;
        for (const node *part : *n) {
          const int of = truth(part);
          if (of == ends) return ends;
          if (of < 0) result = unknown_truth;
        }
        return result;
      }
      case kind::is_true: return (truth(n->args[0]) == (n->number != 0)) != n->negated;
      default: break;
    }
    if (is_null_of_value(n)) return (value(n->args[0]) == null) != n->negated;
    if (is_distinct(n)) return (value(n->args[0]) != value(n->args[1])) != n->negated;
    if (!is_equality(n)) return opaque_values[static_cast<std::size_t>(place(opaque, n))];
    const int a = value(n->args[0]), b = value(n->args[1]);
    if (a == null || b == null) return unknown_truth;
    return (a == b) == (n->op == relation::equal);
  }
  // Whether there is such a case: what is within another is not true without it.
  bool is_one(const std::vector<std::pair<std::size_t, std::size_t>> &within) const {
    return std::all_of(within.begin(), within.end(), [&](const auto &pair) {
      return opaque_values[pair.first] != 1 || opaque_values[pair.second] == 1;
    });
  }
  // Another case; false: that was the last.
  bool next() {
    const int values = 1 + static_cast<int>(constants.size() + terms.size());
    for (std::size_t i = 0; i < terms.size(); i++) {
      if (++term_values[i] < values) return true;
      term_values[i] = terms[i]->is == kind::own && terms[i]->has(not_null) ? 1 : null;
    }
    for (int &of : opaque_values) {
      if (++of <= 1) return true;
      of = unknown_truth;
    }
    return false;
  }
  bool begin() {
    std::size_t cases = 1;
    for (std::size_t i = 0; i < terms.size() && cases <= most_cases; i++) cases *= 1 + constants.size() + terms.size();
    for (std::size_t i = 0; i < opaque.size() && cases <= most_cases; i++) cases *= 3;
    for (const node *term : terms) term_values.push_back(term->is == kind::own && term->has(not_null) ? 1 : null);
    opaque_values.assign(opaque.size(), unknown_truth);
    return cases <= most_cases;
  }
};

}  // namespace

answer implies(nursery &, const node *a, const node *b) {
  if (same(a, b) || is_truth(a, false) || is_truth(b, true)) return answer::yes;
  world all;
  all.note(a);
  all.note(b);
  if (!all.begin()) return answer::undecided;
  const auto within = ranges_within(all.opaque);
  do {
    if (!all.is_one(within)) continue;
    // (Of what is not understood a case may be none that there is.)
    if (all.truth(a) == 1 && all.truth(b) != 1) return all.opaque.empty() ? answer::no : answer::undecided;
  } while (all.next());
  return answer::yes;
}

}  // namespace primecloud::review
