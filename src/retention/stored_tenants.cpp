// stored_tenants: whose rows a shard has, read without SQL: a query over somebody's table would run, as it is planned,
// what its owner put into its indexes, with the rights of the superuser who asks.
#include "pg/c_string.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "tenant/heap_by_now.hpp"
#include "tenant/row_search.hpp"

extern "C" {
#include "access/relation.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
}

namespace {
using namespace primecloud;

constexpr Size longest = 256;  // no longer tenant can be entered

struct stored_tenant {
  char key[longest];
  int64 rows;
};

SERVER_CODE void count(HTAB *all, const char *tenant) {
  if (strlen(tenant) >= longest)
    ereport(ERROR, errcode(ERRCODE_STRING_DATA_RIGHT_TRUNCATION), errmsg("a tenant has more than 255 bytes"),
            errhint("Nobody can enter it: give it a shorter key."));
  bool found;
  auto *entry = static_cast<stored_tenant *>(hash_search(all, tenant, HASH_ENTER, &found));
  entry->rows = found ? entry->rows + 1 : 1;
}

struct tenants {
  HTAB *all;
  int64 without;  // rows that have none
};

SERVER_CODE tenants read_tenants(Oid oid, const char *name) {
  Relation table = tenant::open_heap_by_now(oid, "CALL primecloud.expire() on the coordinator, which asks for it.");
  const tenant::plain_column column = tenant::find_plain_column(table, name);
  HASHCTL control{};
  control.keysize = longest;
  control.entrysize = sizeof(stored_tenant);
  control.hcxt = CurrentMemoryContext;
  HTAB *all = hash_create("tenants of a shard", 256, &control, HASH_ELEM | HASH_STRINGS | HASH_CONTEXT);
  const MemoryContext row_memory = AllocSetContextCreate(CurrentMemoryContext, "row of a shard", ALLOCSET_SMALL_SIZES);
  int64 without = 0;
  const tenant::row_search every_row;
  tenant::row_scan scan = tenant::begin_scan(table, every_row, GetActiveSnapshot());
  while (TupleTableSlot *row = tenant::next_row(scan)) {
    CHECK_FOR_INTERRUPTS();
    bool null;
    const Datum value = slot_getattr(row, column.number, &null);
    if (null) without++;
    if (null) continue;
    const MemoryContext before = MemoryContextSwitchTo(row_memory);
    count(all, tenant::plain_text(column.type, value));
    MemoryContextSwitchTo(before);
    MemoryContextReset(row_memory);
  }
  tenant::end_scan(scan);
  relation_close(table, NoLock);
  return {all, without};
}

SERVER_CODE const stored_tenant **in_no_order(HTAB *all) {
  auto **const each = static_cast<const stored_tenant **>(palloc(sizeof(void *) * (hash_get_num_entries(all) + 1)));
  const stored_tenant **next = each;
  HASH_SEQ_STATUS at;
  hash_seq_init(&at, all);
  while (const auto *entry = static_cast<const stored_tenant *>(hash_seq_search(&at))) *next++ = entry;
  *next = nullptr;
  return each;
}

using told = pg::rows<std::tuple<std::optional<std::string_view>, int64>>;

told stored_tenants(pg::relation table, std::string_view column) {
  told answer;
  const tenants stored = pg::guarded([&] { return read_tenants(table.oid, pg::c_string(column)); });
  if (stored.without > 0) answer.emplace_back(std::nullopt, stored.without);
  const stored_tenant **const each = pg::guarded([&] { return in_no_order(stored.all); });
  for (int i = 0; each[i] != nullptr; i++) answer.emplace_back(std::string_view(each[i]->key), each[i]->rows);
  return answer;
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_stored_tenants, stored_tenants);
