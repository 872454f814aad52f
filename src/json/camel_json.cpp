// to_camel_json(anyelement): any value as JSON for an application: camelCase keys,
// ISO 8601 times in UTC, sealed values redacted at any depth.
#include "core/json/text.hpp"
#include "json/leaf.hpp"
#include "json/settled.hpp"
#include "pg/function.hpp"
#include "pg/owned.hpp"
#include "pg/string_info.hpp"

extern "C" {
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"
}

namespace primecloud::json {
namespace {

void write(memory &site, const shape &as, Datum value, StringInfo out);

SERVER_CODE void write_row(memory &site, Datum value, StringInfo out) {
  HeapTupleHeader header = DatumGetHeapTupleHeader(value);
  TupleDesc descriptor = lookup_rowtype_tupdesc(HeapTupleHeaderGetTypeId(header), HeapTupleHeaderGetTypMod(header));
  const row_shape &row = shape_of_row(site, descriptor);
  HeapTupleData tuple{};
  tuple.t_len = HeapTupleHeaderGetDatumLength(header);
  tuple.t_data = header;
  ItemPointerSetInvalid(&tuple.t_self);
  auto *values = static_cast<Datum *>(palloc(sizeof(Datum) * static_cast<size_t>(row.count + 1)));
  auto *nulls = static_cast<bool *>(palloc(sizeof(bool) * static_cast<size_t>(row.count + 1)));
  heap_deform_tuple(&tuple, descriptor, values, nulls);

  char separator = '{';
  for (int i = 0; i < row.count; i++) {
    if (row.columns[i].dropped) continue;
    appendStringInfoChar(out, separator);
    separator = ',';
    append(out, row.columns[i].key);
    if (nulls[i]) {
      append(out, "null");
    } else {
      write(site, row.columns[i].as, values[i], out);
    }
  }
  if (separator == '{') appendStringInfoChar(out, '{');
  appendStringInfoChar(out, '}');
  pfree(values);
  pfree(nulls);
  ReleaseTupleDesc(descriptor);
}

// One dimension after another; `next` walks the elements, which stand in row order.
SERVER_CODE void write_dimension(memory &site, const shape &element, ArrayType *array, int dimension,
                                 const Datum *values, const bool *nulls, int &next, StringInfo out) {
  appendStringInfoChar(out, '[');
  for (int i = 0; i < ARR_DIMS(array)[dimension]; i++) {
    if (i > 0) appendStringInfoChar(out, ',');
    if (dimension + 1 < ARR_NDIM(array)) {
      write_dimension(site, element, array, dimension + 1, values, nulls, next, out);
    } else if (nulls[next]) {
      append(out, "null");
      next++;
    } else {
      write(site, element, values[next++], out);
    }
  }
  appendStringInfoChar(out, ']');
}

SERVER_CODE void write_array(memory &site, const shape &as, Datum value, StringInfo out) {
  ArrayType *array = DatumGetArrayTypeP(value);
  if (ARR_NDIM(array) == 0) return append(out, "[]");
  Datum *values;
  bool *nulls;
  int count, next = 0;
  deconstruct_array(array, as.element->type, as.length, as.by_value, as.align, &values, &nulls, &count);
  write_dimension(site, *as.element, array, 0, values, nulls, next, out);
}

SERVER_CODE void write(memory &site, const shape &as, Datum value, StringInfo out) {
  check_stack_depth();
  CHECK_FOR_INTERRUPTS();
  switch (as.how) {
    case kind::null: return append(out, "null");
    case kind::boolean: return append(out, DatumGetBool(value) ? "true" : "false");
    case kind::number: {
      const char *text = output(site, as, value);
      return is_json_number(text) ? append(out, text) : append_string(out, text);
    }
    case kind::json: return append(out, OutputFunctionCall(as.write, value));
    case kind::timestamp: return write_time(as.base, value, out);
    case kind::money: return write_money(value, out);
    case kind::array: return write_array(site, as, value, out);
    case kind::row: return write_row(site, value, out);
    case kind::by_cast: return write_cast(as.write, value, out);
    case kind::text: return append_string(out, output(site, as, value));
  }
}

}  // namespace

SERVER_CODE pg::owned_json to_camel_json(pg::call_site call, pg::any_value value) noexcept {
  auto *&site = call.kept<memory>();
  if (site == nullptr) {
    const Oid type = call.argument_type(0);
    if (!OidIsValid(type))
      ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("could not determine the type of the value"),
              errhint("Cast the value to a type."));
    auto *made = static_cast<memory *>(MemoryContextAllocZero(call.memory(), sizeof(memory)));
    made->context = call.memory();
    made->top = shape_of(type, call.memory());
    site = made;
  }
  StringInfoData out;
  initStringInfo(&out);
  site->nest = 0;  // (an error has ended what it was)
  write(*site, site->top, value.value, &out);
  settled_no_more(site->nest);
  return cstring_to_text_with_len(out.data, out.len);
}
}  // namespace primecloud::json

PRIMECLOUD_FUNCTION(primecloud_to_camel_json, primecloud::json::to_camel_json);
