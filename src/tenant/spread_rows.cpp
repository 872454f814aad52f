#include "tenant/spread_rows.hpp"

#include "core/tenant/identity.hpp"
#include "pg/as_role.hpp"
#include "pg/c_string.hpp"
#include "pg/undo.hpp"
#include "tenant/context.hpp"

extern "C" {
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
}

namespace primecloud::tenant {
namespace {

// SQL reads the whole, and what another owner's partition holds is not believed.
SERVER_CODE void check_one_owner(Relation table) {
  const ListCell *cell;
  foreach (cell, find_all_inheritors(RelationGetRelid(table), NoLock, nullptr)) {
    HeapTuple row = SearchSysCache1(RELOID, ObjectIdGetDatum(lfirst_oid(cell)));
    if (!HeapTupleIsValid(row)) continue;
    const bool same = reinterpret_cast<Form_pg_class>(GETSTRUCT(row))->relowner == table->rd_rel->relowner;
    ReleaseSysCache(row);
    if (same) continue;
    ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
            errmsg("distributed membership table \"%s\" has a partition of another owner's",
                   RelationGetRelationName(table)),
            errhint("Give the table and its partitions one owner."));
  }
}

// In the server's own operators, byte for byte; nullptr where no value of a column reads as what is asked.
SERVER_CODE const char *statement_for(Relation table, const keyed_question &asked) {
  StringInfoData text;
  initStringInfo(&text);
  appendStringInfo(&text, "SELECT %s::pg_catalog.text FROM %s WHERE true", quote_identifier(asked.column),
                   quote_qualified_identifier(asked.schema, asked.table));
  for (int i = 0; i < asked.keys; i++) {
    const key_value &key = asked.key[i];
    const plain_column column = find_plain_column(table, key.column);
    Datum wanted;
    if (column.type == BPCHAROID)
      ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
              errmsg("column \"%s\" of distributed table \"%s\" is padded with blanks", key.column,
                     RelationGetRelationName(table)),
              errhint("Make it text."));
    if (key.number && column.type != INT4OID && column.type != INT8OID) return nullptr;
    if (!plain_datum(column.type, key.text, &wanted)) return nullptr;
    const char *name = quote_identifier(key.column), *value = quote_literal_cstr(key.text);
    appendStringInfo(&text, " AND %s = %s", name, value);
    if (column.type == TEXTOID)
      appendStringInfo(&text, " AND %s::pg_catalog.text COLLATE pg_catalog.\"C\" = %s", name, value);
  }
  return text.data;
}

const char *whoever_owns(const char *tenant) noexcept {
  try {
    identity who;
    who.tenant = tenant;
    who.role = role::owner;
    who.user = "membership";
    who.assumed = true;  // nobody's, and asked of nobody
    return pg::c_string_or_null(encode(who));
  } catch (const std::bad_alloc &) {
    return nullptr;
  }
}

SERVER_CODE void read(const char *statement, Oid owner, MemoryContext kept, texts *found) {
  if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "could not connect to the SQL manager");
  set_config_option("search_path", "pg_catalog, pg_temp", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_LOCAL, true, 0, false);
  pg::become(owner, SECURITY_RESTRICTED_OPERATION);
  const int code = SPI_execute(statement, false, 0);
  if (code < 0) elog(ERROR, "could not execute: %s", SPI_result_code_string(code));
  found->count = static_cast<int>(SPI_processed);
  found->value = static_cast<const char **>(
      MemoryContextAllocExtended(kept, sizeof(char *) * (SPI_processed + 1), MCXT_ALLOC_HUGE));
  for (uint64 row = 0; row < SPI_processed; row++) {
    const char *value = SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, 1);
    found->value[row] = value == nullptr ? nullptr : MemoryContextStrdup(kept, value);
  }
  SPI_finish();
}

}  // namespace

texts find_spread_rows(Relation table, const keyed_question &asked) {
  texts found;
  check_one_owner(table);
  const char *statement = statement_for(table, asked), *owner = whoever_owns(asked.key[0].text);
  if (statement == nullptr) return found;
  if (owner == nullptr) ereport(ERROR, errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory"));
  const MemoryContext kept = CurrentMemoryContext;
  pg::undo_after([&] {
    assign(owner);
    read(statement, table->rd_rel->relowner, kept, &found);
  });
  return found;
}

}  // namespace primecloud::tenant
