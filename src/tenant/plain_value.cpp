#include "tenant/plain_value.hpp"

#include "core/tenant/identity.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/table.hpp"

extern "C" {
#include "access/detoast.h"
#include "catalog/partition.h"
#include "catalog/pg_collation.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/uuid.h"
}

namespace primecloud::tenant {
namespace {

// Names the column's base form; InvalidOid for a type whose operators could be anybody's.
Oid base_form(Oid type) noexcept {
  switch (type) {
    case UUIDOID:
    case INT4OID:
    case INT8OID:
    case TEXTOID: return type;
    case VARCHAROID: return TEXTOID;
    default: return InvalidOid;
  }
}

// By bytes, which no collation that tells them apart sees otherwise.
SERVER_CODE bool same_text(Datum stored, Datum wanted) {
  // The size is known without unpacking: a value that is too long is not fetched.
  const std::string_view text = pg::text_in(reinterpret_cast<const varlena *>(DatumGetPointer(wanted)));
  return toast_raw_datum_size(stored) - VARHDRSZ == text.size() && pg::text_in(stored) == text;
}

// primecloud_internal.known_column, as far as it is read here.
enum known_column { relation, known_name = 2, dropped_name = 4, known_columns };

// A column that was dropped is registered by the server's name for it, which nobody else knows.
SERVER_CODE const char *said_of(Oid table, const char *column) {
  const MemoryContext here = CurrentMemoryContext;
  const char *said = column;
  while (get_rel_relispartition(table)) table = get_partition_parent(table, true);
  pg::for_each_row<known_columns>(pg::internal_table("known_column"), [&](const Datum *known, const bool *nulls) {
    if (DatumGetObjectId(known[relation]) != table || nulls[dropped_name] || pg::text_in(known[known_name]) != column)
      return;
    const MemoryContext before = MemoryContextSwitchTo(here);
    said = TextDatumGetCString(known[dropped_name]);
    MemoryContextSwitchTo(before);
  });
  return said;
}

}  // namespace

Oid plain_type(Oid type) {
  type = getBaseType(type);
  return type == INT2OID || type == BPCHAROID ? type : base_form(type);
}

plain_column find_plain_column(Relation table, const char *name) {
  plain_column found;
  found.number = InvalidAttrNumber;
  if (name != nullptr) found.number = get_attnum(RelationGetRelid(table), name);
  if (found.number <= 0) {
    ereport(ERROR, errcode(ERRCODE_UNDEFINED_COLUMN),
            errmsg("column \"%s\" of the registered membership table \"%s\" does not exist",
                   name == nullptr ? "" : said_of(RelationGetRelid(table), name), RelationGetRelationName(table)),
            errhint("Register it again with primecloud.register_membership()."));
  }
  const auto *column = TupleDescAttr(RelationGetDescr(table), found.number - 1);
  found.type = base_form(column->atttypid);
  if (!OidIsValid(found.type)) {
    ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
            errmsg("membership column \"%s\" has the type %s", name, format_type_be(column->atttypid)),
            errhint("Use uuid, bigint, integer, text or varchar."));
  }
  if (column->attgenerated != '\0' && column->attgenerated != ATTRIBUTE_GENERATED_STORED) {
    ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
            errmsg("membership column \"%s\" is generated when it is read", name),
            errhint("Use a column that is stored."));
  }
  return found;
}

bool plain_datum(Oid type, const char *text, Datum *value) {
  switch (type) {
    case TEXTOID: *value = CStringGetTextDatum(text); return true;
    case UUIDOID: {
      const auto id = parse_uuid(text);
      if (!id) return false;
      *value = pg::datum<uuid>::put(*id);
      return true;
    }
    case INT4OID:
    case INT8OID: {
      const auto number = parse_bigint(text);
      if (!number || (type == INT4OID && (*number < PG_INT32_MIN || *number > PG_INT32_MAX))) return false;
      *value = type == INT4OID ? Int32GetDatum(static_cast<int32>(*number)) : Int64GetDatum(*number);
      return true;
    }
    default: return false;
  }
}

bool plain_equals(const plain_column &column, Datum stored, Datum wanted) {
  const Oid collation = OidIsValid(column.collation) ? column.collation : C_COLLATION_OID;
  switch (column.type) {
    case INT2OID: return DatumGetInt16(stored) == DatumGetInt16(wanted);
    case INT4OID: return DatumGetInt32(stored) == DatumGetInt32(wanted);
    case INT8OID: return DatumGetInt64(stored) == DatumGetInt64(wanted);
    case UUIDOID: return memcmp(DatumGetUUIDP(stored)->data, DatumGetUUIDP(wanted)->data, UUID_LEN) == 0;
    case BPCHAROID: return DatumGetBool(DirectFunctionCall2Coll(bpchareq, collation, stored, wanted));
    case TEXTOID:
      return OidIsValid(column.collation) ? DatumGetBool(DirectFunctionCall2Coll(texteq, collation, stored, wanted))
                                          : same_text(stored, wanted);
    default: return false;
  }
}

const char *plain_text(Oid type, Datum stored) {
  switch (type) {
    case INT2OID: return DatumGetCString(DirectFunctionCall1(int2out, stored));
    case INT4OID: return DatumGetCString(DirectFunctionCall1(int4out, stored));
    case INT8OID: return DatumGetCString(DirectFunctionCall1(int8out, stored));
    case UUIDOID: return DatumGetCString(DirectFunctionCall1(uuid_out, stored));
    case BPCHAROID: return TextDatumGetCString(DirectFunctionCall1(rtrim1, stored));  // as its cast to text
    default: return TextDatumGetCString(stored);
  }
}

Oid plain_equality(Oid type) {
  switch (type) {
    case INT2OID: return F_INT2EQ;
    case INT4OID: return F_INT4EQ;
    case INT8OID: return F_INT8EQ;
    case UUIDOID: return F_UUID_EQ;
    case BPCHAROID: return F_BPCHAREQ;
    default: return F_TEXTEQ;
  }
}

}  // namespace primecloud::tenant
