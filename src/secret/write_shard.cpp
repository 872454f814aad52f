// write_shard: what the coordinator has sealed anew, into the rows of a shard that still hold what was read from them;
// as the shard's owner, as on one server (reseal_write.hpp).
#include "pg/c_string.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/owned.hpp"
#include "secret/reseal_write.hpp"
#include "secret/sealed_scan.hpp"

extern "C" {
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/array.h"
#include "utils/builtins.h"
}

namespace {
using namespace primecloud;
constexpr char tids_type[] = "tid[]", envelopes_type[] = "primecloud.sealed[]";
using tids = pg::owned<tids_type>;
using envelopes = pg::owned<envelopes_type>;

SERVER_CODE Datum *elements(Datum list, Oid type, int16 size, char alignment, int *count) {
  ArrayType *array = DatumGetArrayTypeP(list);
  Datum *values;
  bool *nulls;
  if (ARR_ELEMTYPE(array) != type || array_contains_nulls(array))
    ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("a list without NULLs is needed"),
            errhint("Pass an array of one dimension."));
  deconstruct_array(array, type, size, false, alignment, &values, &nulls, count);
  return values;
}

SERVER_CODE int by_tid(const void *a, const void *b) {
  auto *first = const_cast<secret::candidate *>(static_cast<const secret::candidate *>(a));
  auto *second = const_cast<secret::candidate *>(static_cast<const secret::candidate *>(b));
  return ItemPointerCompare(&first->tid, &second->tid);
}

SERVER_CODE secret::candidate *candidates(tids at, pg::owned_bytes_array before, envelopes after, int *count) {
  int befores, afters;
  const Datum *tid = elements(at.value, TIDOID, sizeof(ItemPointerData), TYPALIGN_SHORT, count);
  const Datum *old = elements(before.value, BYTEAOID, -1, TYPALIGN_INT, &befores);
  const Datum *anew = elements(after.value, secret::sealed_type(), -1, TYPALIGN_INT, &afters);
  if (befores != *count || afters != *count)
    ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%d rows with other numbers of envelopes", *count),
            errhint("Pass an envelope of before and one of after for each row."));
  auto *rows = static_cast<secret::candidate *>(palloc(sizeof(secret::candidate) * static_cast<size_t>(*count + 1)));
  for (int i = 0; i < *count; i++) {
    rows[i] = {*reinterpret_cast<ItemPointer>(DatumGetPointer(tid[i])), old[i], anew[i], "", "", 0};
  }
  qsort(rows, static_cast<size_t>(*count), sizeof(secret::candidate), by_tid);
  return rows;
}

SERVER_CODE int64 write_shard(pg::relation shard, std::string_view column, tids at, pg::owned_bytes_array before,
                              envelopes after) {
  Relation table = try_table_open(shard.oid, RowExclusiveLock);
  if (table == nullptr)
    ereport(ERROR, errcode(ERRCODE_UNDEFINED_TABLE), errmsg("there is no table %u", shard.oid),
            errhint("It was dropped meanwhile."));
  secret::sealed_column_number(table, pg::c_string(column));
  int count = 0, done = 0;
  secret::candidate *rows = candidates(at, before, after, &count);
  const secret::table_name name{
      quote_qualified_identifier(get_namespace_name(RelationGetNamespace(table)), RelationGetRelationName(table)),
      quote_identifier(pg::c_string(column)), table->rd_rel->relowner};
  if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "could not connect to the SQL manager");
  const int free = count == 0 ? 0 : secret::lock_rows(name, rows, count);
  if (free > 0) done = secret::write_rows(name, rows, free);
  SPI_finish();
  table_close(table, NoLock);
  return done;
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_write_shard, write_shard);
