#include "secret/envelopes_in.hpp"

extern "C" {
#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/typcache.h"
}

namespace primecloud::secret {
namespace {

struct search {
  Oid sealed;
  void (*each)(void *, int64);
  void *to;
};

SERVER_CODE void look(const search &s, Datum value, Oid type);

SERVER_CODE void look_in_array(const search &s, Datum value, Oid element) {
  ArrayType *array = DatumGetArrayTypeP(value);
  int16 length;
  bool by_value;
  char alignment;
  get_typlenbyvalalign(element, &length, &by_value, &alignment);
  Datum *values;
  bool *nulls;
  int count;
  deconstruct_array(array, element, length, by_value, alignment, &values, &nulls, &count);
  for (int i = 0; i < count; i++)
    if (!nulls[i]) look(s, values[i], element);
}

// By the type that the row says it is of: that of its column may be an older version of it.
SERVER_CODE void look_in_row(const search &s, Datum value) {
  HeapTupleHeader row = DatumGetHeapTupleHeader(value);
  TupleDesc shape = lookup_rowtype_tupdesc(HeapTupleHeaderGetTypeId(row), HeapTupleHeaderGetTypMod(row));
  HeapTupleData tuple{};
  tuple.t_len = HeapTupleHeaderGetDatumLength(row);
  tuple.t_data = row;
  const auto columns = static_cast<size_t>(shape->natts);
  auto *values = static_cast<Datum *>(palloc(sizeof(Datum) * columns));
  auto *nulls = static_cast<bool *>(palloc(sizeof(bool) * columns));
  heap_deform_tuple(&tuple, shape, values, nulls);
  for (int i = 0; i < shape->natts; i++) {
    const auto *column = TupleDescAttr(shape, i);
    if (!column->attisdropped && !nulls[i]) look(s, values[i], column->atttypid);
  }
  ReleaseTupleDesc(shape);
}

SERVER_CODE void look(const search &s, Datum value, Oid type) {
  check_stack_depth();
  const Oid base = getBaseType(type);
  if (base == s.sealed) {
    s.each(s.to, stored_key_id(value));
    return;
  }
  const Oid element = get_element_type(base);
  if (OidIsValid(element)) {
    look_in_array(s, value, element);
  } else if (get_typtype(base) == TYPTYPE_COMPOSITE) {
    look_in_row(s, value);
  }
}

}  // namespace

bool may_hold_envelopes(Oid type, Oid sealed) {
  const Oid base = getBaseType(type);
  return base == sealed || OidIsValid(get_element_type(base)) || get_typtype(base) == TYPTYPE_COMPOSITE;
}

void for_each_envelope(Datum value, Oid type, Oid sealed, void (*each)(void *, int64), void *to) {
  look({sealed, each, to}, value, type);
}

}  // namespace primecloud::secret
