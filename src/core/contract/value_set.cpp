#include "core/contract/value_set.hpp"

#include <algorithm>

#include "core/contract/characters.hpp"
#include "core/contract/decimal.hpp"
#include "core/contract/type_order.hpp"
#include "core/contract/value_list.hpp"
#include "core/contract/wire.hpp"

namespace primecloud::contract {
namespace {

// Whether the end `inner` lies on or inside `outer`; `way` is 1 for lower ends, -1 for upper ones.
bool end_within(const std::optional<bound> &inner, const std::optional<bound> &outer, int way) {
  if (!outer) return true;
  if (!inner) return false;
  const int order = compare_written(inner->number, outer->number) * way;
  return order > 0 || (order == 0 && (inner->exclusive || !outer->exclusive));
}

bool holds(const value_type &type, const node &value) {
  if (value.is == node::kind::number) {
    const bound point{value.text, false};
    return end_within(point, type.low, 1) && end_within(point, type.high, -1);
  }
  const int length = count_characters(value.text);
  return length >= type.min_length.value_or(0) && length <= type.max_length.value_or(length) && type.patterns.empty();
}

}  // namespace

bool interval_within(const value_type &inner, const value_type &outer) {
  const value_type a = with_ends_of_type(inner), b = with_ends_of_type(outer);
  return end_within(a.low, b.low, 1) && end_within(a.high, b.high, -1) &&
         std::includes(b.non_finite.begin(), b.non_finite.end(), a.non_finite.begin(), a.non_finite.end());
}

bool lengths_within(const value_type &inner, const value_type &outer) {
  if (inner.min_length.value_or(0) < outer.min_length.value_or(0)) return false;
  return !outer.max_length || (inner.max_length && *inner.max_length <= *outer.max_length);
}

bool patterns_within(const value_type &inner, const value_type &outer) {
  return std::includes(inner.patterns.begin(), inner.patterns.end(), outer.patterns.begin(), outer.patterns.end());
}

bool facts_within(const value_type &inner, const value_type &outer) {
  if (inner.elements_nullable && !outer.elements_nullable) return false;
  if (outer.values && !inner.values) return false;
  if (inner.values) {
    static const std::vector<node> none;
    const value_list among(outer.values ? *outer.values : none);
    return std::all_of(inner.values->begin(), inner.values->end(),
                       [&](const node &value) { return outer.values ? among.has(value) : holds(outer, value); });
  }
  return interval_within(inner, outer) && lengths_within(inner, outer) && patterns_within(inner, outer);
}

bool type_within(const value_type &inner, const value_type &outer) {
  if (inner.dimensions != outer.dimensions) return false;
  return type_order(inner, outer).values;
}

bool within(const value_type &inner, const value_type &outer) {
  return type_within(inner, outer) && facts_within(inner, outer);
}

bool still_taken(const value_type &before, const value_type &after) {
  if (before.dimensions != after.dimensions || !type_order(before, after).taken) return false;
  // What a text takes of other kinds is any text to it.
  if (after.is_text() && !before.is_text() && before.of != "enum" && !before.values)
    return !after.values && !after.max_length && !after.min_length && after.patterns.empty() &&
           (!before.elements_nullable || after.elements_nullable);
  if (before.is_builtin("bpchar") && !before.values) {
    value_type shorter = before;
    shorter.min_length.reset();
    value_type longer = after;
    if (after.is_builtin("bpchar")) longer.min_length.reset();
    return facts_within(shorter, longer);
  }
  return facts_within(before, after);
}

}  // namespace primecloud::contract
