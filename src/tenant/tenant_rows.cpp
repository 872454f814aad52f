// tenant_rows: the rows of somebody's table, counted for assert_isolated().  They are
// read without SQL: a query over a table is planned, and planning runs functions that its
// owner put into indexes, with the rights of the superuser who asks.
#include "pg/c_string.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "tenant/leaves.hpp"

extern "C" {
#include "access/tableam.h"
#include "access/tupconvert.h"
#include "catalog/pg_class.h"
#include "utils/acl.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
}

namespace {
using namespace primecloud;

struct survey {
  const char *column;
  MemoryContext kept;
  char *first = nullptr, *last = nullptr;  // tenants, in the order of their texts
  int64 first_rows = 0;
  const char *sample = nullptr;  // a row of the last tenant
  bool whole = true;             // false: there are foreign tables, which are not read
};

SERVER_CODE void keep_text(const survey &s, char **place, const char *text) {
  if (*place != nullptr) pfree(*place);
  *place = MemoryContextStrdup(s.kept, text);
}

// A row of `leaf` as the text of a row of `whole`, whose columns may lie in another order.
SERVER_CODE const char *row_text(HeapTuple tuple, Relation leaf, Relation whole, MemoryContext kept) {
  TupleConversionMap *map = convert_tuples_by_name(RelationGetDescr(leaf), RelationGetDescr(whole));
  if (map != nullptr) tuple = execute_attr_map_tuple(tuple, map);
  const Datum row = heap_copy_tuple_as_datum(tuple, RelationGetDescr(whole));
  return MemoryContextStrdup(kept, OidOutputFunctionCall(F_RECORD_OUT, row));
}

SERVER_CODE void read_leaf(survey &s, Relation leaf, Relation whole) {
  const AttrNumber number = get_attnum(RelationGetRelid(leaf), s.column);
  if (number <= 0)
    ereport(ERROR, errcode(ERRCODE_UNDEFINED_COLUMN),
            errmsg("table \"%s\" has no column \"%s\"", RelationGetRelationName(leaf), s.column),
            errhint("It was dropped or renamed meanwhile."));
  Oid output;
  bool varlena;
  getTypeOutputInfo(TupleDescAttr(RelationGetDescr(leaf), number - 1)->atttypid, &output, &varlena);
  MemoryContext row = AllocSetContextCreate(CurrentMemoryContext, "row of a tenant", ALLOCSET_DEFAULT_SIZES);
  HeapTuple sample = nullptr;
  TupleTableSlot *slot = table_slot_create(leaf, nullptr);
  TableScanDesc scan = table_beginscan(leaf, GetActiveSnapshot(), 0, nullptr);
  while (table_scan_getnextslot(scan, ForwardScanDirection, slot)) {
    CHECK_FOR_INTERRUPTS();
    bool null;
    const Datum value = slot_getattr(slot, number, &null);
    if (null) continue;
    const MemoryContext before = MemoryContextSwitchTo(row);
    const char *tenant = OidOutputFunctionCall(output, value);
    const int to_first = s.first == nullptr ? -1 : strcmp(tenant, s.first);
    if (to_first < 0) {
      keep_text(s, &s.first, tenant);
      s.first_rows = 0;
    }
    if (to_first <= 0) s.first_rows++;
    if (s.last == nullptr || strcmp(tenant, s.last) > 0) {
      keep_text(s, &s.last, tenant);
      MemoryContextSwitchTo(before);
      if (sample != nullptr) heap_freetuple(sample);
      sample = ExecCopySlotHeapTuple(slot);
    }
    MemoryContextSwitchTo(before);
    MemoryContextReset(row);
  }
  table_endscan(scan);
  ExecDropSingleTupleTableSlot(slot);
  if (sample != nullptr) s.sample = row_text(sample, leaf, whole, s.kept);
  MemoryContextDelete(row);
}

SERVER_CODE void check_reader(Oid table) {
  if (superuser()) return;
  if (!has_bypassrls_privilege(GetUserId()) || pg_class_aclcheck(table, GetUserId(), ACL_SELECT) != ACLCHECK_OK) {
    ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
            errmsg("permission denied for the rows of table \"%s\"", get_rel_name(table)),
            errhint("Run it as a superuser."));
  }
}

using told_rows = std::tuple<std::optional<std::string_view>, std::optional<std::string_view>, int64,
                             std::optional<std::string_view>, bool>;

SERVER_CODE told_rows tenant_rows(pg::relation table, std::string_view column) {
  Relation whole = tenant::open_whole(table.oid);
  check_reader(table.oid);
  survey s{pg::c_string(column), CurrentMemoryContext};
  tenant::for_each_leaf(table.oid, [&s, whole](Relation leaf) {
    if (leaf->rd_rel->relkind == RELKIND_FOREIGN_TABLE) s.whole = false;
    if (RELKIND_HAS_TABLE_AM(leaf->rd_rel->relkind)) read_leaf(s, leaf, whole);
  });
  table_close(whole, NoLock);
  const auto text = [](const char *t) {
    return t == nullptr ? std::optional<std::string_view>() : std::optional<std::string_view>(t);
  };
  return {text(s.first), text(s.last), s.first_rows, text(s.sample), s.whole};
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_tenant_rows, tenant_rows);
