// A condition of one row, as a CHECK has it: what a server's expression is read into.
//
// Plain values that own nothing: the server's code makes them in memory of the server's.
#pragma once

#include <string_view>
#include <type_traits>

namespace primecloud::contract {

// What kind of number a column holds; `none` for what is no number.
enum class number_kind { none, whole, exact, single, twofold };

// As it comes on the wire: a number in decimal digits or NaN, Infinity, -Infinity; true or false.
struct constant {
  enum class kind { null, text, number, truth } is = kind::null;
  std::string_view text;
};

struct term {
  enum class what {
    opaque,             // anything that is not below
    both,               // every part
    either,             // one of the parts
    is_null,            // column IS NULL
    is_not_null,        // column IS NOT NULL
    elements_not_null,  // no element of the column is NULL
    compare,            // column order constants[0]
    any_of,             // column = one of the constants
    length,             // char_length(column) order constants[0]
    matches,            // column ~ constants[0]
  } is = what::opaque;
  enum class sign { less, at_most, equal, at_least, greater, unequal } order = sign::equal;
  int column = 0;
  number_kind number = number_kind::none;
  const constant *constants = nullptr;
  int count = 0;
  const term *first = nullptr, *next = nullptr;  // the parts, and the next of the whole's parts
};
static_assert(std::is_trivially_destructible_v<term>);

// The same order seen from the other side: 1 < x is x > 1.
constexpr term::sign turned(term::sign order) noexcept {
  switch (order) {
    case term::sign::less: return term::sign::greater;
    case term::sign::at_most: return term::sign::at_least;
    case term::sign::at_least: return term::sign::at_most;
    case term::sign::greater: return term::sign::less;
    default: return order;
  }
}

// Whether a condition that is not false for any row lets no NULL into the column.
constexpr bool says_not_null(const term &condition, int column) noexcept {
  if (condition.is == term::what::is_not_null) return condition.column == column;
  if (condition.is != term::what::both && condition.is != term::what::either) return false;
  const bool one_is_enough = condition.is == term::what::both;
  for (const term *part = condition.first; part != nullptr; part = part->next) {
    if (says_not_null(*part, column) == one_is_enough) return one_is_enough;
  }
  return !one_is_enough;
}

}  // namespace primecloud::contract
