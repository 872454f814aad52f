#include "tenant/temporary_objects.hpp"

#include "pg/guard.hpp"

extern "C" {
#include "access/genam.h"
#include "access/table.h"
#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_namespace.h"
#include "storage/lock.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
}

namespace primecloud::tenant {
namespace {

// Objects in a schema, counted up to `most`.
SERVER_CODE int count_objects(Oid space, int most) {
  int count = 0;
  ScanKeyData keys[2];
  ScanKeyInit(&keys[0], Anum_pg_depend_refclassid, BTEqualStrategyNumber, F_OIDEQ,
              ObjectIdGetDatum(NamespaceRelationId));
  ScanKeyInit(&keys[1], Anum_pg_depend_refobjid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(space));
  Relation table = table_open(DependRelationId, AccessShareLock);
  SysScanDesc scan = systable_beginscan(table, DependReferenceIndexId, true, nullptr, 2, keys);
  while (count < most && HeapTupleIsValid(systable_getnext(scan))) count++;
  systable_endscan(scan);
  table_close(table, AccessShareLock);
  return count;
}

// Whether the session left more than its share of the lock table can drop: each object takes
// a few locks, with its row type, its array and its toast table.
SERVER_CODE bool left_too_much() {
  constexpr int locks_an_object = 8;
  Oid space, toast;
  GetTempNamespaceState(&space, &toast);
  const int share = max_locks_per_xact / locks_an_object;
  return OidIsValid(space) && count_objects(space, share + 1) > share;
}

SERVER_CODE void set_for_now(const char *name, const char *value) {
  set_config_option(name, value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, ERROR, false);
}

}  // namespace

bool has_temporary_schema() {
  Oid space, toast;
  GetTempNamespaceState(&space, &toast);
  return OidIsValid(space);
}

void drop_temporary_objects() {
  Oid space, toast;
  GetTempNamespaceState(&space, &toast);
  if (OidIsValid(space) && count_objects(space, 1) > 0) ResetTempTableNamespace();
}

void or_end_connection(void (*clean_up)()) {
  const bool too_much = left_too_much();
  // Whoever locks what was left is not waited for.
  const int settings = NewGUCNestLevel();
  set_for_now("lock_timeout", "1s");
  ErrorData *failure = nullptr;
  try {
    pg::guarded(clean_up);
  } catch (const pg::unwinding &) {
    failure = pg::guarded(CopyErrorData);
  }
  if (failure == nullptr) return AtEOXact_GUC(false, settings);
  if (failure->sqlerrcode == ERRCODE_OUT_OF_MEMORY && !too_much) PG_RE_THROW();
  FlushErrorState();
  ereport(FATAL, errcode(failure->sqlerrcode),
          errmsg("what was left in this connection could not be removed: %s", failure->message),
          errhint("Connect again; a pooler does so by itself."), errhidestmt(true), errhidecontext(true));
}

}  // namespace primecloud::tenant
