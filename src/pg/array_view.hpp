// Oids, and one-dimensional arrays of plain values without NULLs, read where they stand.
#pragma once

#include "pg/datum.hpp"

extern "C" {
#include "utils/array.h"
}

namespace primecloud::pg {

template <>
struct datum<Oid> {
  static constexpr const char *sql = "oid";
  static Oid get(Datum d) noexcept { return DatumGetObjectId(d); }
  static Datum put(Oid v) noexcept { return ObjectIdGetDatum(v); }
};

template <class T>
struct array_view {
  const T *each;
  int count;
  const T *begin() const { return each; }
  const T *end() const { return each + count; }
};
template <class T>
inline constexpr Oid array_element = InvalidOid;
template <>
inline constexpr Oid array_element<Oid> = OIDOID;
template <>
inline constexpr Oid array_element<int16> = INT2OID;
template <>
inline constexpr Oid array_element<int64> = INT8OID;
template <class T>
inline constexpr const char *array_name = "smallint[]";
template <>
inline constexpr const char *array_name<Oid> = "oid[]";
template <>
inline constexpr const char *array_name<int64> = "bigint[]";

template <class T>
struct datum<array_view<T>> {
  static constexpr const char *sql = array_name<T>;
  SERVER_CODE static array_view<T> get(Datum d) {
    ArrayType *array = DatumGetArrayTypeP(d);
    if (ARR_ELEMTYPE(array) != array_element<T> || ARR_NDIM(array) > 1 || array_contains_nulls(array))
      ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("a list without NULLs is needed"),
              errhint("Pass an array of one dimension."));
    const int count = ARR_NDIM(array) == 0 ? 0 : ARR_DIMS(array)[0];
    return {reinterpret_cast<const T *>(ARR_DATA_PTR(array)), count};
  }
};

}  // namespace primecloud::pg
