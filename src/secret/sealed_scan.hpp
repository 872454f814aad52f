// Envelopes as they lie in tables, read without SQL: no privileges, no policies, and no
// code of whoever owns the table.  Server code.
#pragma once

#include "core/secret/envelope.hpp"
#include "pg/varlena.hpp"
#include "tenant/distributed.hpp"

extern "C" {
#include "access/table.h"
#include "access/tableam.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
}

namespace primecloud::secret {

// The number of a table's column; raises 42703 where there is none of that name.
SERVER_CODE inline AttrNumber column_number(Relation table, const char *name) {
  const AttrNumber number = get_attnum(RelationGetRelid(table), name);
  if (number <= 0) {
    ereport(ERROR, errcode(ERRCODE_UNDEFINED_COLUMN),
            errmsg("table \"%s\" has no column \"%s\"", RelationGetRelationName(table), name),
            errhint("It was dropped or renamed meanwhile."));
  }
  return number;
}

// The same of a table that has rows of its own.
SERVER_CODE inline AttrNumber stored_column_number(Relation table, const char *name) {
  if (!RELKIND_HAS_TABLE_AM(table->rd_rel->relkind)) {
    ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("\"%s\" is not a table", RelationGetRelationName(table)),
            errhint("Name the table below it."));
  }
  tenant::refuse_distributed(table);
  return column_number(table, name);
}

SERVER_CODE inline Oid sealed_type() {
  return GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum("sealed"),
                         ObjectIdGetDatum(get_namespace_oid("primecloud", false)));
}

// The same for a column of type sealed.  Asked under the lock that holds while the rows are
// read: what was true when the column was registered need not be true now, and a value of
// another type is no envelope.
SERVER_CODE inline AttrNumber sealed_column_number(Relation table, const char *name) {
  const AttrNumber number = stored_column_number(table, name);
  const Oid sealed = sealed_type();
  if (!OidIsValid(sealed) || getBaseType(TupleDescAttr(RelationGetDescr(table), number - 1)->atttypid) != sealed) {
    ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
            errmsg("column \"%s\" of \"%s\" is not sealed", name, RelationGetRelationName(table)),
            errhint("Call primecloud.seal_column() for a column of plaintext."));
  }
  return number;
}

// The key id of a stored envelope, of which no more than its first bytes are fetched.
SERVER_CODE inline std::int64_t stored_key_id(Datum stored) {
  auto *v = reinterpret_cast<varlena *>(DatumGetPointer(stored));
  constexpr size_t needed = 12;
  if (VARATT_IS_EXTERNAL(v) || VARATT_IS_COMPRESSED(v)) v = pg_detoast_datum_slice(v, 0, needed);
  const pg::bytes_view bytes = pg::bytes_in(v);
  return bytes.size() < needed ? 0 : envelope_key_id(bytes.first(needed));
}

}  // namespace primecloud::secret
