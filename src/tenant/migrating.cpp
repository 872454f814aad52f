// What migrating() and migrated() ask of the server: whether they may, the lock on a table, and that no
// COMMIT leaves a table lifted.
#include "tenant/migrating.hpp"

#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/startup.hpp"
#include "tenant/owner.hpp"

extern "C" {
#include "access/xact.h"
#include "executor/spi.h"
#include "storage/lmgr.h"
#include "utils/memutils.h"
}

namespace primecloud::tenant {
namespace {

// The tables that migrating() has been at, in the memory of this transaction.  What was undone since, by
// ROLLBACK TO or otherwise, still stands here: the catalog says what is lifted.
List *touched = NIL;

SERVER_CODE bool is_lifted(Oid table) {
  if (!list_member_oid(touched, table)) return false;
  const table_state state = state_of(table);
  return state.exists && state.held && !state.forced;
}

SERVER_CODE void refuse_lifted() {
  const ListCell *cell;
  foreach (cell, touched) {
    const Oid table = lfirst_oid(cell);
    if (!is_lifted(table)) continue;
    ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
            errmsg("row-level security of table %s does not hold its owner yet", qualified_name(table)),
            errhint("Call primecloud.migrated() before COMMIT: it puts back what primecloud.migrating() has lifted."));
  }
}

SERVER_CODE void at_end_of_transaction(XactEvent event, void *) {
  if (event == XACT_EVENT_PRE_COMMIT || event == XACT_EVENT_PRE_PREPARE) return refuse_lifted();
  touched = NIL;
}

SERVER_CODE void watch_migrating() { RegisterXactCallback(at_end_of_transaction, nullptr); }
const pg::startup watching_migrating{watch_migrating};

}  // namespace

bool is_migrating() {
  const ListCell *cell;
  foreach (cell, touched)
    if (is_lifted(lfirst_oid(cell))) return true;
  return false;
}

}  // namespace primecloud::tenant

namespace {
using namespace primecloud;

// Within a function or a DO block one statement may lift and put back, and its own end asks whether it
// did.  Only SPI knows of those: what is asked of it here it cannot have, and says whether anybody is connected.
SERVER_CODE pg::nothing check_may_migrate() noexcept {
  tenant::check_no_context("primecloud.migrating()");
  if (IsTransactionBlock() || SPI_unregister_relation("") != SPI_ERROR_UNCONNECTED) return {};
  ereport(ERROR, errcode(ERRCODE_NO_ACTIVE_SQL_TRANSACTION),
          errmsg("primecloud.migrating() works in a transaction block only"),
          errhint("Send BEGIN first, and primecloud.migrated() before COMMIT."));
  return {};
}

// A trigger or an index of the owner's that somebody else's work runs is not the owner's asking.
SERVER_CODE void check_asks_himself(Oid table, const char *what) {
  if (InSecurityRestrictedOperation())
    ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
            errmsg("%s does not work within a security-restricted operation", what),
            errhint("Call it in a statement of your own."));
  tenant::check_no_context(what);
  tenant::check_acts_as_owner(table);
}

SERVER_CODE pg::nothing check_may_validate(pg::relation table) noexcept {
  check_asks_himself(table.oid, "primecloud.validate_constraint()");
  return {};
}

// Waits for the table as long as lock_timeout lets it, for the owner alone: the wait holds up everybody
// else.  From then on nobody renames it.  (Whoever's work ran a trigger that lifts would have his COMMIT refused.)
SERVER_CODE pg::nothing lock_to_lift(pg::relation table) noexcept {
  check_asks_himself(table.oid, "primecloud.migrating()");
  LockRelationOid(table.oid, AccessExclusiveLock);
  tenant::check_acts_as_owner(table.oid);
  const MemoryContext before = MemoryContextSwitchTo(TopTransactionContext);
  tenant::touched = list_append_unique_oid(tenant::touched, table.oid);
  MemoryContextSwitchTo(before);
  return {};
}

SERVER_CODE bool is_lifted(pg::relation table) noexcept { return tenant::is_lifted(table.oid); }
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_check_may_migrate, check_may_migrate);
PRIMECLOUD_FUNCTION(primecloud_check_may_validate, check_may_validate);
PRIMECLOUD_FUNCTION(primecloud_lock_to_lift, lock_to_lift);
PRIMECLOUD_FUNCTION(primecloud_is_lifted, is_lifted);
