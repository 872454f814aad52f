// What is known of the values of one column.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/contract/decimal.hpp"
#include "core/contract/term.hpp"

namespace primecloud::contract {

struct value {
  constant::kind is;
  std::string text;  // of a number: as text_of(decimal) gives it, or NaN, Infinity, -Infinity
};

struct limit {
  decimal at;
  bool exclusive = false;
};

struct facts {
  bool not_null = false;
  bool elements_not_null = false;
  std::optional<std::vector<value>> values;  // none: nothing but NULL
  std::optional<limit> low, high;
  bool no_nan = false, no_infinity = false, no_minus_infinity = false;
  std::optional<std::int64_t> min_length, max_length;
  std::set<std::string> patterns;

  bool only_values() const;  // and nothing else
};

// What is known where both are, in the place of the first.
void intersect(facts &known, const facts &other);

// What is known where one of them is.  All at once: two by two it would take the square of the time.
facts alternative(const std::vector<facts> &sides);

// As members of a JSON object: those of the canonical form, and `not_null`, `excluded` (of NaN,
// Infinity, -Infinity).  Empty where nothing is known.
std::string json_of(const facts &known);

}  // namespace primecloud::contract
