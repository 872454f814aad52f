// When an action is due: Days or Date, as Expiration and Transition share them.
#pragma once

#include "core/lifecycle/grammar.hpp"
#include "core/lifecycle/scalar.hpp"

namespace primecloud::lifecycle {

// MinIO's JSON exports print absent values as zeros; the zero date gives them away.
struct days_or_date {
  std::optional<std::int64_t> days;
  std::optional<timestamp> date;
  bool zero_date = false;

  bool read(const element &e, std::string_view of, const position &at) {
    if (e.name == "Days") {
      days = at.integer(e, of);
    } else if (e.name == "Date") {
      date = at.date(e, of);
      zero_date = is_zero_date(*date);
      if (zero_date) date.reset();
    } else {
      return false;
    }
    return true;
  }
};

}  // namespace primecloud::lifecycle
