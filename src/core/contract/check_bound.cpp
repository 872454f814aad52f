#include <charconv>

#include "core/contract/check_terms.hpp"

namespace primecloud::contract {
namespace {

using sign = term::sign;

bool bounds_above(sign order) { return order == sign::less || order == sign::at_most; }
bool is_strict(sign order) { return order == sign::less || order == sign::greater; }

// Below a number is neither NaN, which sorts above all, nor infinity; above one is no -infinity.
void exclude(facts &known, bool upper) {
  (upper ? known.no_infinity : known.no_minus_infinity) = true;
  if (upper) known.no_nan = true;
}

// A bound that is no number keeps out what is beyond it, and tells no number.
saying read_unbounded(const term &condition, std::string_view bound) {
  facts known;
  if (bound == "NaN") {
    if (condition.order == sign::less) known.no_nan = true;
    if (!bounds_above(condition.order)) return {};
  } else if (bound == "Infinity") {
    if (!bounds_above(condition.order)) return {};
    known.no_nan = true;
    known.no_infinity = condition.order == sign::less;
  } else if (bound == "-Infinity") {
    if (bounds_above(condition.order)) return {};
    known.no_minus_infinity = condition.order == sign::greater;
  } else {
    return {};
  }
  return {{{condition.column, known}}, true};
}

std::optional<decimal> shortest(float number) {
  char digits[64];
  return read_decimal(
      {digits, static_cast<std::size_t>(std::to_chars(digits, digits + sizeof digits, number).ptr - digits)});
}
std::optional<decimal> shortest(double number) {
  char digits[64];
  return read_decimal(
      {digits, static_cast<std::size_t>(std::to_chars(digits, digits + sizeof digits, number).ptr - digits)});
}

// A column of floats is compared as the binary number and told in its shortest digits, so the bound is too.
// Of a single, which is compared with a double, one that is none is a bound only if its digits are those of
// the single next to it; that one then is within.
std::optional<limit> bound_of_float(const term &condition, std::string_view text, bool &exact) {
  double number = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc()) return std::nullopt;
  const bool strict = is_strict(condition.order);
  const auto digits = shortest(number);
  if (!digits) return std::nullopt;
  if (condition.number == number_kind::twofold) return limit{*digits, strict};
  const auto single = static_cast<float>(number);
  const auto near = shortest(single);
  if (!near) return std::nullopt;
  if (static_cast<double>(single) == number) return limit{*near, strict};
  exact = false;
  return compare(*near, *digits) == 0 ? std::optional(limit{*near, false}) : std::nullopt;
}

std::optional<limit> bound_of_whole(sign order, const decimal &number) {
  const auto down = floor_of(number), up = ceiling_of(number);
  if (!down || !up) return limit{number, is_strict(order)};
  const std::int64_t at = order == sign::less      ? *up - 1
                          : order == sign::at_most ? *down
                          : order == sign::greater ? *down + 1
                                                   : *up;
  const auto read = read_decimal(std::to_string(at));
  return read ? std::optional(limit{*read, false}) : std::nullopt;
}

}  // namespace

saying read_bound(const term &condition) {
  if (condition.number == number_kind::none) return {};
  const std::string_view text = condition.constants[0].text;
  const auto number = read_decimal(text);
  if (!number) return read_unbounded(condition, text);
  bool exact = true;
  std::optional<limit> bound;
  switch (condition.number) {
    case number_kind::whole: bound = bound_of_whole(condition.order, *number); break;
    case number_kind::exact: bound = limit{*number, is_strict(condition.order)}; break;
    default: bound = bound_of_float(condition, text, exact);
  }
  facts known;
  if (condition.number != number_kind::whole) exclude(known, bounds_above(condition.order));
  (bounds_above(condition.order) ? known.high : known.low) = bound;
  return {{{condition.column, known}}, exact && bound};
}

}  // namespace primecloud::contract
