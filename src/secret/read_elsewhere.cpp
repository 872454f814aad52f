#include "secret/read_elsewhere.hpp"

#include "pg/as_superuser.hpp"
#include "pg/role_name.hpp"
#include "pg/varlena.hpp"
#include "secret/readable_table.hpp"
#include "tenant/repeated_set.hpp"

extern "C" {
#include "catalog/pg_type.h"
#include "utils/builtins.h"
}

namespace primecloud::secret {
namespace {

constexpr char asked_of_shards[] =
    "SELECT f.tenant, f.id, f.envelope FROM primecloud_internal.rows_on_shards($1, $2, $3, $4, $5, $6, $7, $8) AS f";

struct shard_question {
  static constexpr int most = 8;
  Oid types[most];
  Datum values[most] = {};
  char nulls[most + 1] = "        ";
  int count = 0;

  void add(Oid type, Datum value) {
    types[count] = type;
    values[count++] = value;
  }
  SERVER_CODE void add(const char *text) {
    if (text == nullptr) nulls[count] = 'n';
    add(TEXTOID, text == nullptr ? Datum{0} : CStringGetTextDatum(text));
  }
};

SERVER_CODE shard_question question_for(const reading &r, std::string_view row_id) {
  const char *tenant_column = NameStr(r.column.tenant_column);
  const Oid type = key_column(r.table, tenant_column).type;
  shard_question asked;
  asked.add(REGCLASSOID, ObjectIdGetDatum(RelationGetRelid(r.table)));
  asked.add(NameStr(r.column.column));
  asked.add(tenant_column);
  asked.add(NameStr(r.column.id_column));
  asked.add(TEXTOID, PointerGetDatum(pg::copy_varlena(pg::octets(row_id))));
  asked.add(r.tenant_is_known ? tenant::plain_text(type, r.tenant) : nullptr);
  asked.add(pg::role_name(GetUserId()));
  asked.add(tenant::context_for_node());
  return asked;
}

SERVER_CODE void keep_first(reading &r, MemoryContext where) {
  const MemoryContext before = MemoryContextSwitchTo(where);
  const HeapTuple row = SPI_tuptable->vals[0];
  r.first.tenant = SPI_getvalue(row, SPI_tuptable->tupdesc, 1);
  r.first.id = SPI_getvalue(row, SPI_tuptable->tupdesc, 2);
  bool null;
  const Datum envelope = SPI_getbinval(row, SPI_tuptable->tupdesc, 3, &null);
  if (!null) r.first.envelope = pg_detoast_datum_copy(reinterpret_cast<varlena *>(DatumGetPointer(envelope)));
  MemoryContextSwitchTo(before);
}

}  // namespace

// As the superuser whom the other servers let in: the role that reads need not be one that may log in there.
void read_elsewhere(reading &r, std::string_view row_id) {
  shard_question asked = question_for(r, row_id);
  const MemoryContext where = CurrentMemoryContext;
  pg::as_superuser([&] {
    pg::run(asked_of_shards, asked.count, asked.types, asked.values, asked.nulls);
    r.rows = static_cast<int>(SPI_processed);
    if (r.rows > 0) keep_first(r, where);
  });
}

}  // namespace primecloud::secret
