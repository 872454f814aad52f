// Exact arithmetic with the server's numeric, for the few operators that take one.
// Raises server errors: call where no object with a destructor is alive.
#pragma once

#include <limits>

#include "pg/postgres.hpp"

extern "C" {
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"
}

namespace primecloud::pg {

SERVER_CODE inline Datum to_numeric(int64 value) { return NumericGetDatum(int64_to_numeric(value)); }

SERVER_CODE inline bool is_finite(Datum number) {
  Numeric n = DatumGetNumeric(number);
  return !numeric_is_nan(n) && !numeric_is_inf(n);
}

SERVER_CODE inline int compare_numeric(Datum a, Datum b) {
  return DatumGetInt32(DirectFunctionCall2(numeric_cmp, a, b));
}

// A finite number rounded to an integer, halves away from zero; nothing if it does not fit.
SERVER_CODE inline std::optional<int64> round_to_int64(Datum number) {
  const Datum whole = DirectFunctionCall2(numeric_round, number, Int32GetDatum(0));
  if (compare_numeric(whole, to_numeric(std::numeric_limits<int64>::max())) > 0) return std::nullopt;
  if (compare_numeric(whole, to_numeric(std::numeric_limits<int64>::min())) < 0) return std::nullopt;
  return DatumGetInt64(DirectFunctionCall1(numeric_int8, whole));
}

// value / divisor as round_to_int64 would round the exact quotient: a quotient cut to
// some digits first could be rounded twice.  `divisor` is finite and not 0.
SERVER_CODE inline std::optional<int64> divide_by_numeric(int64 value, Datum divisor) {
  const Datum zero = to_numeric(0);
  const bool negative = (value < 0) != (compare_numeric(divisor, zero) < 0);
  const Datum n = DirectFunctionCall1(numeric_abs, to_numeric(value)), d = DirectFunctionCall1(numeric_abs, divisor);
  const Datum two = to_numeric(2);
  const Datum above = DirectFunctionCall2(numeric_add, DirectFunctionCall2(numeric_mul, n, two), d);
  Datum quotient = DirectFunctionCall2(numeric_div_trunc, above, DirectFunctionCall2(numeric_mul, d, two));
  if (negative) quotient = DirectFunctionCall1(numeric_uminus, quotient);
  return round_to_int64(quotient);
}

}  // namespace primecloud::pg
