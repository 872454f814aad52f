// rows_without_tenant: what protect_table() asks before a tenant column may be NOT NULL.  Read
// without SQL, as tenant_rows is.
#include "pg/c_string.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "tenant/leaves.hpp"

extern "C" {
#include "access/tableam.h"
#include "catalog/pg_class.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
}

namespace {
using namespace primecloud;

SERVER_CODE int64 empty_rows(Relation leaf, const char *column) {
  const AttrNumber number = get_attnum(RelationGetRelid(leaf), column);
  if (number <= 0 || !RELKIND_HAS_TABLE_AM(leaf->rd_rel->relkind)) return 0;
  int64 empty = 0;
  TupleTableSlot *slot = table_slot_create(leaf, nullptr);
  TableScanDesc scan = table_beginscan(leaf, GetActiveSnapshot(), 0, nullptr);
  while (table_scan_getnextslot(scan, ForwardScanDirection, slot)) {
    CHECK_FOR_INTERRUPTS();
    if (slot_attisnull(slot, number)) empty++;
  }
  table_endscan(scan);
  ExecDropSingleTupleTableSlot(slot);
  return empty;
}

// For the table's owner: how many rows have no tenant yet.
SERVER_CODE int64 rows_without_tenant(pg::relation table, std::string_view column) noexcept {
  Relation whole = tenant::open_whole(table.oid);
  if (!has_privs_of_role(GetUserId(), whole->rd_rel->relowner))
    aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_TABLE, RelationGetRelationName(whole));
  table_close(whole, NoLock);
  const char *name = pg::c_string(column);
  int64 empty = 0;
  tenant::for_each_leaf(table.oid, [&empty, name](Relation leaf) { empty += empty_rows(leaf, name); });
  return empty;
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_rows_without_tenant, rows_without_tenant);
