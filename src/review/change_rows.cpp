// review_own_rows(): rows of pg_class made new by this (sub)transaction, as they are; review_is_empty().
//
// An index build and ANALYZE write the size of a table into its row of pg_class where it stands, which no ROLLBACK
// undoes. Written to a row that the transaction itself has made, it goes with that row.
#include "pg/function.hpp"
#include "pg/server_function.hpp"

extern "C" {
#include "access/relation.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/transam.h"
#include "access/xact.h"
#include "catalog/indexing.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
}

namespace {
using namespace primecloud;

SERVER_CODE void make_new(Relation rows, Oid relation) {
  HeapTuple tuple = SearchSysCacheCopy1(RELOID, ObjectIdGetDatum(relation));
  if (!HeapTupleIsValid(tuple)) return;
  if (pg::owns_relation(GetUserId(), relation)) CatalogTupleUpdate(rows, &tuple->t_self, tuple);
  heap_freetuple(tuple);
  // (One that is named twice is made new twice.)
  CommandCounterIncrement();
}

// Of relations that are not the caller's nothing is written: he builds no index on them either.
SERVER_CODE Datum review_own_rows(FunctionCallInfo fcinfo) noexcept {
  Datum *relations;
  int count;
  deconstruct_array(PG_GETARG_ARRAYTYPE_P(0), OIDOID, sizeof(Oid), true, TYPALIGN_INT, &relations, nullptr, &count);
  Relation rows = table_open(RelationRelationId, RowExclusiveLock);
  for (int i = 0; i < count; i++) {
    const Oid relation = DatumGetObjectId(relations[i]);
    if (relation >= FirstNormalObjectId) make_new(rows, relation);
  }
  table_close(rows, RowExclusiveLock);
  return Datum{0};
}

SERVER_CODE bool has_no_row(Relation relation) {
  TupleTableSlot *slot = table_slot_create(relation, nullptr);
  TableScanDesc scan = table_beginscan(relation, GetActiveSnapshot(), 0, nullptr);
  const bool none = !table_scan_getnextslot(scan, ForwardScanDirection, slot);
  table_endscan(scan);
  ExecDropSingleTupleTableSlot(slot);
  return none;
}

// By the rows and not by policies, for whoever owns the table and so could ask it himself; false of all else.
SERVER_CODE bool review_is_empty(Oid asked_for) {
  Relation relation = try_relation_open(asked_for, AccessShareLock);
  if (relation == nullptr) return false;
  const bool asked =
      relation->rd_rel->relkind == RELKIND_RELATION && pg::owns_relation(GetUserId(), RelationGetRelid(relation));
  const bool empty = asked && has_no_row(relation);
  relation_close(relation, NoLock);
  return empty;
}

}  // namespace

PRIMECLOUD_FUNCTION(primecloud_review_is_empty, review_is_empty);
PRIMECLOUD_SERVER_FUNCTION(primecloud_review_own_rows, review_own_rows);
