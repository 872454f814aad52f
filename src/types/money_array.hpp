// Arrays in and out of allocate.
#pragma once

#include <span>
#include <vector>

#include "types/datum.hpp"

extern "C" {
#include "utils/array.h"
#include "utils/lsyscache.h"
}

namespace primecloud::pg {

// integer[] of one dimension without NULLs.
struct int_array {
  std::span<const std::int32_t> values;
};
template <>
struct datum<int_array> {
  static constexpr const char *sql = "integer[]";
  SERVER_CODE static int_array get(Datum d) {
    ArrayType *array = DatumGetArrayTypeP(d);
    if (ARR_NDIM(array) > 1)
      ereport(ERROR, errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR), errmsg("weights must have one dimension"),
              errhint("Pass an array such as '{1,1,2}'."));
    if (array_contains_nulls(array))
      ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("weights must not be NULL"),
              errhint("Who gets nothing has the weight 0."));
    const auto count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
    return {{reinterpret_cast<const std::int32_t *>(ARR_DATA_PTR(array)), static_cast<size_t>(count)}};
  }
};

inline constexpr char money_array_type[] = "primecloud.money_amount[]";
using money_array = owned<money_array_type>;

// The array type is found from the element's, which `type` names.
SERVER_CODE inline money_array make_money_array(std::span<const money_amount> amounts, Oid type) {
  auto *values = static_cast<Datum *>(palloc(sizeof(Datum) * (amounts.size() + 1)));
  for (size_t i = 0; i < amounts.size(); i++) values[i] = datum<money_amount>::put(amounts[i]);
  return construct_array(values, static_cast<int>(amounts.size()), type, datum<money_amount>::size, false,
                         TYPALIGN_INT);
}

}  // namespace primecloud::pg
