// Tables' columns that can be NULL.
#include "contract/catalog_tree.hpp"
#include "contract/nullability.hpp"

extern "C" {
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_inherits.h"
#include "utils/array.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"
}

namespace primecloud::contract {
namespace {

SERVER_CODE bool is_not_null_domain(Oid type) {
  while (get_typtype(type) == TYPTYPE_DOMAIN) {
    HeapTuple row = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
    if (!HeapTupleIsValid(row)) return false;
    const auto *domain = reinterpret_cast<Form_pg_type>(GETSTRUCT(row));
    const bool is_not_null = domain->typnotnull;
    type = domain->typbasetype;
    ReleaseSysCache(row);
    if (is_not_null) return true;
  }
  return false;
}

SERVER_CODE void read_columns(Oid relation, column_states &columns) {
  for (int i = 0; i < columns.count; i++) {
    const auto number = static_cast<int16>(i + 1);
    HeapTuple row = SearchSysCache2(ATTNUM, ObjectIdGetDatum(relation), Int16GetDatum(number));
    if (!HeapTupleIsValid(row)) continue;
    const auto *column = reinterpret_cast<Form_pg_attribute>(GETSTRUCT(row));
    const bool is_dropped = column->attisdropped, is_not_null = column->attnotnull;
    const Oid type = column->atttypid;
    ReleaseSysCache(row);
    if (is_dropped) continue;
    auto *from = static_cast<origin *>(palloc(sizeof(origin)));
    *from = {relation, number};
    columns.all[i].source = *from;
    columns.all[i].flows = list_make1(from);
    columns.all[i].not_null = is_not_null || is_not_null_domain(type);
  }
}

// A constraint that is kept of every row; and from 18 on, a NOT NULL that is not kept of every row yet.
SERVER_CODE void read_constraint(Relation catalog, HeapTuple row, column_states &columns) {
  constexpr char not_null = 'n';
  const auto *constraint = reinterpret_cast<Form_pg_constraint>(GETSTRUCT(row));
  bool is_null;
  if (constraint->contype == not_null && !constraint->convalidated) {
    const Datum key = heap_getattr(row, Anum_pg_constraint_conkey, RelationGetDescr(catalog), &is_null);
    const int number = is_null ? 0 : *reinterpret_cast<int16 *>(ARR_DATA_PTR(DatumGetArrayTypeP(key)));
    if (number > 0 && number <= columns.count) columns.all[number - 1].not_null = false;
  }
  if (constraint->contype != CONSTRAINT_CHECK || !constraint->convalidated) return;
  const Datum tree = heap_getattr(row, Anum_pg_constraint_conbin, RelationGetDescr(catalog), &is_null);
  if (is_null) return;
  const term *condition = read_condition(static_cast<Node *>(stringToNode(text_to_cstring(DatumGetTextPP(tree)))), 0);
  for (int i = 0; i < columns.count; i++) {
    if (says_not_null(*condition, i + 1)) columns.all[i].not_null = true;
  }
}

SERVER_CODE void read_constraints(Oid relation, column_states &columns) {
  Relation catalog = table_open(ConstraintRelationId, AccessShareLock);
  ScanKeyData key;
  ScanKeyInit(&key, Anum_pg_constraint_conrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relation));
  SysScanDesc scan = systable_beginscan(catalog, ConstraintRelidTypidNameIndexId, true, nullptr, 1, &key);
  while (HeapTuple row = systable_getnext(scan)) read_constraint(catalog, row, columns);
  systable_endscan(scan);
  table_close(catalog, AccessShareLock);
}

// The rows of children come with their parent's, and need not keep its NOT NULL.
SERVER_CODE void read_children(walk &all, Oid relation, column_states &columns) {
  const ListCell *cell;
  foreach (cell, find_inheritance_children(relation, NoLock)) {
    const Oid child = lfirst_oid(cell);
    const column_states below = columns_of_relation(all, child);
    for (int i = 0; i < columns.count; i++) {
      const char *name = get_attname(relation, static_cast<AttrNumber>(i + 1), true);
      if (name == nullptr) continue;
      columns.all[i].not_null &= nth(below, get_attnum(child, name)).not_null;
    }
  }
}

}  // namespace

SERVER_CODE column_states columns_of_table(walk &all, Oid relation) {
  HeapTuple row = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
  if (!HeapTupleIsValid(row)) return {};
  column_states columns = make_states(reinterpret_cast<Form_pg_class>(GETSTRUCT(row))->relnatts);
  ReleaseSysCache(row);
  read_columns(relation, columns);
  read_constraints(relation, columns);
  read_children(all, relation, columns);
  return columns;
}

}  // namespace primecloud::contract
