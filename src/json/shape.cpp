#include "json/shape.hpp"

#include "core/json/text.hpp"
#include "json/settled.hpp"
#include "pg/string_info.hpp"

extern "C" {
#include "catalog/pg_cast.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/typcache.h"
}

namespace primecloud::json {
namespace {

SERVER_CODE FmgrInfo *function(Oid oid, MemoryContext context) {
  auto *info = static_cast<FmgrInfo *>(MemoryContextAlloc(context, sizeof(FmgrInfo)));
  fmgr_info_cxt(oid, info, context);
  return info;
}

// A type made by a user or an extension may say how it becomes JSON by a cast: a sealed value redacts itself so.
SERVER_CODE Oid cast_to_json(Oid type) {
  if (type < FirstNormalObjectId) return InvalidOid;
  HeapTuple tuple = SearchSysCache2(CASTSOURCETARGET, ObjectIdGetDatum(type), ObjectIdGetDatum(JSONOID));
  if (!HeapTupleIsValid(tuple)) return InvalidOid;
  const auto *cast = reinterpret_cast<Form_pg_cast>(GETSTRUCT(tuple));
  const Oid by = cast->castmethod == COERCION_METHOD_FUNCTION ? cast->castfunc : InvalidOid;
  ReleaseSysCache(tuple);
  return by;
}

SERVER_CODE kind kind_of(Oid base) {
  switch (base) {
    case BOOLOID: return kind::boolean;
    case INT2OID:
    case INT4OID:
    case INT8OID:
    case FLOAT4OID:
    case FLOAT8OID:
    case NUMERICOID: return kind::number;
    case JSONOID:
    case JSONBOID: return kind::json;
    case DATEOID:
    case TIMESTAMPOID:
    case TIMESTAMPTZOID: return kind::timestamp;
    case MONEYOID: return kind::money;
  }
  if (OidIsValid(get_element_type(base))) return kind::array;
  return type_is_rowtype(base) ? kind::row : kind::text;
}

SERVER_CODE const char *key_of(const char *name, MemoryContext context) {
  char camel[NAMEDATALEN];
  const size_t size = camel_case(name, camel);
  const MemoryContext before = MemoryContextSwitchTo(context);
  StringInfoData key;
  initStringInfo(&key);
  write_json_string({camel, size}, pg::into(&key));
  appendStringInfoChar(&key, ':');
  MemoryContextSwitchTo(before);
  return key.data;
}

bool same_columns(const row_shape &known, TupleDesc descriptor) {
  if (known.count != descriptor->natts) return false;
  for (int i = 0; i < known.count; i++) {
    const FormData_pg_attribute *column = TupleDescAttr(descriptor, i);
    const auto &now = known.columns[i];
    if (now.dropped != column->attisdropped || now.type != column->atttypid) return false;
    if (strcmp(NameStr(now.name), NameStr(column->attname)) != 0) return false;
  }
  return true;
}

SERVER_CODE void fill(row_shape &row, TupleDesc descriptor, MemoryContext context) {
  row.count = descriptor->natts;
  row.columns = static_cast<row_shape::column *>(
      MemoryContextAllocZero(context, sizeof(row_shape::column) * static_cast<size_t>(row.count + 1)));
  for (int i = 0; i < row.count; i++) {
    const FormData_pg_attribute *attribute = TupleDescAttr(descriptor, i);
    auto &column = row.columns[i];
    column.type = attribute->atttypid;
    column.dropped = attribute->attisdropped;
    column.name = attribute->attname;
    if (column.dropped) continue;
    column.key = key_of(NameStr(attribute->attname), context);
    column.as = shape_of(column.type, context);
    for (int j = 0; j < i; j++) {
      if (row.columns[j].dropped || strcmp(row.columns[j].key, column.key) != 0) continue;
      ereport(ERROR, errcode(ERRCODE_DUPLICATE_COLUMN),
              errmsg("columns \"%s\" and \"%s\" have one name in camelCase",
                     NameStr(TupleDescAttr(descriptor, j)->attname), NameStr(attribute->attname)),
              errhint("Give one of them an alias."));
    }
  }
}

}  // namespace

shape shape_of(Oid type, MemoryContext context) {
  shape found;
  found.type = type;
  found.base = getBaseType(type);
  const Oid by = cast_to_json(found.base);  // (a domain's own is ignored, as the server ignores it)
  if (OidIsValid(by)) {
    found.how = kind::by_cast;
    found.write = function(by, context);
    return found;
  }
  found.how = kind_of(found.base);
  if (found.how == kind::array) {
    found.element = static_cast<shape *>(MemoryContextAlloc(context, sizeof(shape)));
    *found.element = shape_of(get_element_type(found.base), context);
    get_typlenbyvalalign(found.element->type, &found.length, &found.by_value, &found.align);
  } else if (found.how == kind::number || found.how == kind::json || found.how == kind::text) {
    Oid output;
    bool varlena_type;
    getTypeOutputInfo(type, &output, &varlena_type);
    found.write = function(output, context);
    found.settings = settings_of(found.base);
  }
  return found;
}

const row_shape &shape_of_row(memory &site, TupleDesc descriptor) {
  row_shape *row = site.rows;
  while (row != nullptr && (row->type != descriptor->tdtypeid || row->typmod != descriptor->tdtypmod)) row = row->next;
  const uint64 version = assign_record_type_identifier(descriptor->tdtypeid, descriptor->tdtypmod);
  if (row != nullptr && row->version == version) return *row;
  if (row != nullptr && same_columns(*row, descriptor)) {
    row->version = version;
    return *row;
  }
  if (row == nullptr) {
    row = static_cast<row_shape *>(MemoryContextAllocZero(site.context, sizeof(row_shape)));
    row->type = descriptor->tdtypeid;
    row->typmod = descriptor->tdtypmod;
    row->next = site.rows;
    fill(*row, descriptor, site.context);
    site.rows = row;  // only once complete: filling may raise an error
  } else {
    fill(*row, descriptor, site.context);
  }
  row->version = version;
  return *row;
}

}  // namespace primecloud::json
