// A note of what the C++ side of each function expects, so that a test can hold
// CREATE FUNCTION to it: nothing else would notice until memory is misread.
#pragma once

#include "core/error.hpp"
#include "pg/call_site.hpp"
#include "pg/datum.hpp"
#include "pg/rows.hpp"

namespace primecloud::pg {
template <class T>
inline constexpr const char *sql_name<result<T>> = sql_name<T>;
template <class T>
inline constexpr const char *sql_name<rows<T>> = "record";

struct function_note {
  const char *symbol;
  const char *const *types;  // the result, then the arguments
  int arguments;
  bool strict;  // no argument may be NULL
  const function_note *next;
  static inline constinit const function_note *first = nullptr;

  template <class R, class... A>
  function_note(const char *symbol, R (*)(call_site, A...)) noexcept
      : function_note(symbol, static_cast<R (*)(A...)>(nullptr)) {}
  template <class R, class... A>
  function_note(const char *symbol, R (*)(A...)) noexcept
      : symbol(symbol), types(names<R, A...>), arguments(sizeof...(A)), strict(!(... || is_optional<A>)), next(first) {
    first = this;
  }

 private:
  template <class... T>
  static constexpr const char *names[] = {sql_name<T>...};
};
}  // namespace primecloud::pg
