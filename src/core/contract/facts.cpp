#include "core/contract/facts.hpp"

#include <algorithm>

namespace primecloud::contract {
namespace {

using key = std::pair<constant::kind, std::string_view>;
key key_of(const value &one) { return {one.is, one.text}; }

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

void intersect(facts &known, const facts &other) {
  known.not_null |= other.not_null;
  known.elements_not_null |= other.elements_not_null;
  if (known.values && other.values) {
    std::set<key> kept;
    for (const value &one : *other.values) kept.insert(key_of(one));
    std::erase_if(*known.values, [&](const value &one) { return kept.count(key_of(one)) == 0; });
  } else if (other.values) {
    known.values = other.values;
  }
  known.low = tighter(known.low, other.low, 1);
  known.high = tighter(known.high, other.high, -1);
  known.no_nan |= other.no_nan;
  known.no_infinity |= other.no_infinity;
  known.no_minus_infinity |= other.no_minus_infinity;
  known.min_length = both_lengths(known.min_length, other.min_length, [](auto x, auto y) { return std::max(x, y); });
  known.max_length = both_lengths(known.max_length, other.max_length, [](auto x, auto y) { return std::min(x, y); });
  known.patterns.insert(other.patterns.begin(), other.patterns.end());
}

facts alternative(const std::vector<facts> &sides) {
  facts out;
  out.values.emplace();
  out.no_nan = out.no_infinity = out.no_minus_infinity = out.not_null = out.elements_not_null = true;
  std::set<key> had;
  const facts *only = nullptr;
  std::size_t others = 0;
  for (const facts &side : sides) {
    out.not_null &= side.not_null;
    out.elements_not_null &= side.elements_not_null;
    if (side.values && side.values->empty()) continue;  // (nothing but NULL)
    only = ++others == 1 ? &side : nullptr;
    if (!side.values) out.values.reset();
    out.no_nan &= side.no_nan;
    out.no_infinity &= side.no_infinity;
    out.no_minus_infinity &= side.no_minus_infinity;
    if (!out.values) continue;
    for (const value &one : *side.values) {
      if (had.insert(key_of(one)).second) out.values->push_back(one);
    }
  }
  if (others > 1 && out.values) return out;
  facts rest;
  if (only != nullptr) rest = *only;
  if (others == 0) rest.values.emplace();
  rest.not_null = out.not_null;
  rest.elements_not_null = out.elements_not_null;
  return rest;
}

}  // namespace primecloud::contract
