#include "core/contract/facts.hpp"

#include <algorithm>

namespace primecloud::contract {
namespace {

bool same(const value &a, const value &b) { return a.is == b.is && a.text == b.text; }
bool holds(const std::vector<value> &values, const value &one) {
  return std::any_of(values.begin(), values.end(), [&](const value &other) { return same(one, other); });
}

// The tighter of two; `toward` is 1 where a greater number is tighter.
std::optional<limit> tighter(const std::optional<limit> &a, const std::optional<limit> &b, int toward) {
  if (!a || !b) return a ? a : b;
  const int order = compare(a->at, b->at) * toward;
  if (order != 0) return order > 0 ? a : b;
  return a->exclusive ? a : b;
}

template <class Pick>
std::optional<std::int64_t> both_lengths(const std::optional<std::int64_t> &a, const std::optional<std::int64_t> &b,
                                         Pick pick) {
  if (!a || !b) return a ? a : b;
  return pick(*a, *b);
}

}  // namespace

bool facts::only_values() const {
  return values && !elements_not_null && !low && !high && !min_length && !max_length && patterns.empty();
}

facts intersection(const facts &a, const facts &b) {
  facts out = a;
  out.not_null |= b.not_null;
  out.elements_not_null |= b.elements_not_null;
  if (a.values && b.values) {
    std::erase_if(*out.values, [&](const value &one) { return !holds(*b.values, one); });
  } else if (b.values) {
    out.values = b.values;
  }
  out.low = tighter(a.low, b.low, 1);
  out.high = tighter(a.high, b.high, -1);
  out.no_nan |= b.no_nan;
  out.no_infinity |= b.no_infinity;
  out.no_minus_infinity |= b.no_minus_infinity;
  out.min_length = both_lengths(a.min_length, b.min_length, [](auto x, auto y) { return std::max(x, y); });
  out.max_length = both_lengths(a.max_length, b.max_length, [](auto x, auto y) { return std::min(x, y); });
  out.patterns.insert(b.patterns.begin(), b.patterns.end());
  return out;
}

facts alternative(const facts &a, const facts &b) {
  const auto only_null = [](const facts &of) { return of.values && of.values->empty(); };
  facts out;
  if (only_null(a) || only_null(b)) {
    out = only_null(a) ? b : a;
  } else if (a.values && b.values) {
    out.values = a.values;
    for (const value &one : *b.values) {
      if (!holds(*out.values, one)) out.values->push_back(one);
    }
    out.no_nan = a.no_nan && b.no_nan;
    out.no_infinity = a.no_infinity && b.no_infinity;
    out.no_minus_infinity = a.no_minus_infinity && b.no_minus_infinity;
  }
  out.not_null = a.not_null && b.not_null;
  out.elements_not_null = a.elements_not_null && b.elements_not_null;
  return out;
}

}  // namespace primecloud::contract
