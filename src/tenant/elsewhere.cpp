#include "tenant/elsewhere.hpp"

#include "pg/owner_statement.hpp"
#include "pg/startup.hpp"
#include "tenant/context.hpp"
#include "tenant/sending.hpp"

extern "C" {
#include "access/xact.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "utils/syscache.h"
}

namespace primecloud::tenant {
namespace {

bool asking = false;

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

// The values as the columns have them; false where one of them cannot be there.
SERVER_CODE bool read_keys(const keyed_question &asked, Relation table, Oid *types, Datum *values) {
  for (int i = 0; i < asked.keys; i++) {
    types[i] = find_plain_column(table, asked.key[i].column).type;
    const bool number = types[i] == INT4OID || types[i] == INT8OID;
    if ((asked.key[i].number && !number) || !plain_datum(types[i], asked.key[i].text, &values[i])) return false;
  }
  return true;
}

SERVER_CODE const char *statement_of(const keyed_question &asked) {
  char *text = psprintf("SELECT %s::pg_catalog.text FROM %s WHERE ", quote_identifier(asked.column),
                        quote_qualified_identifier(asked.schema, asked.table));
  for (int i = 0; i < asked.keys; i++)
    text = psprintf("%s%s%s OPERATOR(pg_catalog.=) $%d", text, i == 0 ? "" : " AND ",
                    quote_identifier(asked.key[i].column), i + 1);
  return text;
}

SERVER_CODE texts keep_answer(MemoryContext where) {
  const MemoryContext before = MemoryContextSwitchTo(where);
  texts found;
  found.count = static_cast<int>(SPI_processed);
  found.value = static_cast<const char **>(
      palloc_extended(sizeof(char *) * (static_cast<std::size_t>(found.count) + 1), MCXT_ALLOC_HUGE));
  for (int i = 0; i < found.count; i++) {
    found.value[i] = SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1);
  }
  MemoryContextSwitchTo(before);
  return found;
}

SERVER_CODE void forget_asking(SubXactEvent event, SubTransactionId, SubTransactionId, void *) noexcept {
  if (event == SUBXACT_EVENT_ABORT_SUB) asking = false;
}
SERVER_CODE void watch_asking() {
  RegisterXactCallback([](XactEvent, void *) noexcept { asking = false; }, nullptr);
  RegisterSubXactCallback(forget_asking, nullptr);
}
const pg::startup watching_asking{watch_asking};

}  // namespace

texts find_rows_elsewhere(const keyed_question &asked, Relation table) {
  check_one_owner(table);
  Oid types[most_keys];
  Datum values[most_keys];
  if (!read_keys(asked, table, types, values)) return {};
  const MemoryContext where = CurrentMemoryContext;
  asking = true;
  send_question(asked.key[0].text, asked.owner);
  if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "could not connect to SPI");
  pg::run_as_owner(asked.owner, statement_of(asked), asked.keys, types, values, false);
  const texts found = keep_answer(where);
  SPI_finish();
  asking = false;
  // Who is being entered follows by itself.
  if (current() != nullptr) send_context(encoded(), context_serial());
  return found;
}

bool is_asking_elsewhere() noexcept { return asking; }

}  // namespace primecloud::tenant
