// jsonb that is passed through unread: made and taken apart in SQL.
#pragma once

#include "pg/datum.hpp"

namespace primecloud::pg {

struct jsonb_value {
  Datum value;  // owned by whichever memory context it was made in
};
template <>
struct datum<jsonb_value> {
  static constexpr const char *sql = "jsonb";
  static jsonb_value get(Datum d) noexcept { return {d}; }
  static Datum put(jsonb_value v) noexcept { return v.value; }
};

}  // namespace primecloud::pg
