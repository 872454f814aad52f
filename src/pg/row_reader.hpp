// Composite arguments and arrays of them, read into typed columns.
//
// The descriptor is looked up for every row and let go at once: nothing is kept
// that an ALTER TYPE could make a lie of, and every column's type is checked.
#pragma once

#include <array>
#include <span>

#include "pg/datum_builtin.hpp"

extern "C" {
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"
}

namespace primecloud::pg {

template <class T>
inline constexpr Oid column_type = InvalidOid;
template <>
inline constexpr Oid column_type<bool> = BOOLOID;
template <>
inline constexpr Oid column_type<int32> = INT4OID;
template <>
inline constexpr Oid column_type<int64> = INT8OID;
template <>
inline constexpr Oid column_type<std::string_view> = TEXTOID;
template <>
inline constexpr Oid column_type<timestamp> = TIMESTAMPTZOID;

// Views of the row's columns, valid as long as the datum.  May report a server
// error: call it before anything with a destructor is alive.
template <class... T>
SERVER_CODE std::tuple<std::optional<T>...> read_row(Datum d) {
  constexpr int width = sizeof...(T);
  constexpr Oid types[] = {column_type<T>...};
  HeapTupleHeader header = DatumGetHeapTupleHeader(d);
  TupleDesc desc = lookup_rowtype_tupdesc(HeapTupleHeaderGetTypeId(header), HeapTupleHeaderGetTypMod(header));
  bool agrees = desc->natts == width;
  for (int i = 0; agrees && i < width; i++) agrees = TupleDescAttr(desc, i)->atttypid == types[i];
  if (!agrees) {
    ReleaseTupleDesc(desc);
    ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
            errmsg("the row type was altered: its columns are not the expected ones"),
            errhint("The row type is the extension's: undo what was done to it."));
  }
  HeapTupleData tuple{};
  tuple.t_len = HeapTupleHeaderGetDatumLength(header);
  tuple.t_data = header;
  Datum values[width];
  bool nulls[width];
  heap_deform_tuple(&tuple, desc, values, nulls);
  ReleaseTupleDesc(desc);
  return [&]<size_t... i>(std::index_sequence<i...>) {
    return std::tuple<std::optional<T>...>{(nulls[i] ? std::nullopt : std::optional<T>(datum<T>::get(values[i])))...};
  }
  (std::index_sequence_for<T...>{});
}

// The elements of a one-dimensional array, none of them NULL.
SERVER_CODE inline std::span<Datum> read_array(Datum d) {
  ArrayType *array = DatumGetArrayTypeP(d);
  if (ARR_NDIM(array) > 1)
    ereport(ERROR, errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
            errmsg("the array has %d dimensions, one is wanted", ARR_NDIM(array)),
            errhint("Pass an array of rows, as array_agg() makes it."));
  int16 length;
  bool by_value;
  char alignment;
  get_typlenbyvalalign(ARR_ELEMTYPE(array), &length, &by_value, &alignment);
  Datum *elements;
  bool *nulls;
  int count;
  deconstruct_array(array, ARR_ELEMTYPE(array), length, by_value, alignment, &elements, &nulls, &count);
  for (int i = 0; i < count; i++) {
    if (nulls[i])
      ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("element %d of the array is NULL", i + 1),
              errhint("Leave it out: array_agg(...) FILTER (WHERE ... IS NOT NULL)."));
  }
  return {elements, static_cast<size_t>(count)};
}

}  // namespace primecloud::pg
