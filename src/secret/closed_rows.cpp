// closed_rows: how many secrets of a column cannot be opened in their place, and why; read without SQL.
#include "pg/c_string.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "secret/column_text.hpp"
#include "secret/sealed_scan.hpp"
#include "secret/unseal.hpp"

extern "C" {
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
}

namespace {
using namespace primecloud;

struct reason {
  char code[6];
  int64 rows;
};
struct reasons {
  reason found[8];
  int count = 0;
};

SERVER_CODE void count(reasons &all, const char *code) {
  int i = 0;
  while (i < all.count && strcmp(all.found[i].code, code) != 0) i++;
  if (i == all.count) {
    if (all.count == static_cast<int>(lengthof(all.found))) elog(ERROR, "too many reasons");
    strlcpy(all.found[all.count++].code, code, sizeof all.found[0].code);
    all.found[i].rows = 0;
  }
  all.found[i].rows++;
}

constexpr char opens[] = "00000";

// With `most`, so many envelopes at most, and those that open are counted too.
SERVER_CODE reasons scan(Relation table, const char *column, const char *tenant_column, const char *id_column,
                         std::string_view label, int64 most) {
  int64 seen = 0;
  reasons all;
  const AttrNumber number = secret::sealed_column_number(table, column);
  auto tenant = secret::find_column_text(table, tenant_column), id = secret::find_column_text(table, id_column);
  secret::key_standings keys;
  keys.begin();
  const Snapshot snapshot = RegisterSnapshot(GetLatestSnapshot());
  TupleTableSlot *slot = table_slot_create(table, nullptr);
  TableScanDesc rows = table_beginscan(table, snapshot, 0, nullptr);
  MemoryContext row = AllocSetContextCreate(CurrentMemoryContext, "envelope", ALLOCSET_DEFAULT_SIZES);
  const MemoryContext outside = MemoryContextSwitchTo(row);
  while (table_scan_getnextslot(rows, ForwardScanDirection, slot)) {
    CHECK_FOR_INTERRUPTS();
    bool null, no_tenant, no_id;
    const Datum stored = slot_getattr(slot, number, &null);
    if (null) continue;
    const std::string_view of = secret::text_of_column(tenant, slot, &no_tenant);
    const std::string_view which = secret::text_of_column(id, slot, &no_id);
    const char *code = no_tenant || no_id || of.empty() || which.empty()
                           ? "22004"
                           : secret::why_closed(pg::bytes_in(stored), {of, label, which}, keys);
    if (code != nullptr || most > 0) count(all, code != nullptr ? code : opens);
    MemoryContextReset(row);
    if (most > 0 && ++seen >= most) break;
  }
  MemoryContextSwitchTo(outside);
  MemoryContextDelete(row);
  table_endscan(rows);
  ExecDropSingleTupleTableSlot(slot);
  UnregisterSnapshot(snapshot);
  return all;
}

SERVER_CODE Relation open_owned(Oid leaf) {
  Relation table = try_table_open(leaf, AccessShareLock);
  if (table == nullptr)
    ereport(ERROR, errcode(ERRCODE_UNDEFINED_TABLE), errmsg("there is no table %u", leaf),
            errhint("It was dropped meanwhile."));
  if (!has_privs_of_role(GetUserId(), table->rd_rel->relowner))
    aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_TABLE, RelationGetRelationName(table));
  return table;
}

using counts = pg::rows<std::tuple<std::string, int64>>;

counts counts_of(const reasons &all) {
  counts found;
  for (int i = 0; i < all.count; i++) found.emplace_back(all.found[i].code, all.found[i].rows);
  return found;
}

counts closed_rows(pg::relation leaf, std::string_view column, std::string_view tenant_column,
                   std::string_view id_column, std::string_view label) {
  return counts_of(pg::guarded([&] {
    Relation table = open_owned(leaf.oid);
    const char *space = get_namespace_name(RelationGetNamespace(table));
    secret::check_may_open(quote_qualified_identifier(space, RelationGetRelationName(table)), pg::c_string(column));
    const reasons all =
        scan(table, pg::c_string(column), pg::c_string(tenant_column), pg::c_string(id_column), label, 0);
    table_close(table, AccessShareLock);
    return all;
  }));
}

// Of tenants that the caller may act for (PC007), as why_closed() answers for an envelope.
counts first_rows(pg::relation leaf, std::string_view column, std::string_view tenant_column,
                  std::string_view id_column, std::string_view label, std::int32_t most) {
  return counts_of(pg::guarded([&] {
    Relation table = open_owned(leaf.oid);
    const reasons all = scan(table, pg::c_string(column), pg::c_string(tenant_column), pg::c_string(id_column), label,
                             most > 0 ? most : 1);
    table_close(table, AccessShareLock);
    return all;
  }));
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_closed_rows, closed_rows);
PRIMECLOUD_FUNCTION(primecloud_first_rows, first_rows);
