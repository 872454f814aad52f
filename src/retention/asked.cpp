// Whoever deletes rows asks which holds there are, and may then wait for a lock, or keep his transaction open for as
// long as he likes.  COMMIT asks once more.
//
// place_hold() takes a lock on all that its hold reaches, after it has written the hold down, and has it until it
// commits; COMMIT takes the other side of it without waiting.  So either it sees the hold, or the hold is placed
// after the rows are gone.  A foreign key by which more goes along than was known cannot be made after rows of
// its table are deleted, until the end: it is there when COMMIT looks, or it comes after.
#include "retention/asked.hpp"

#include "pg/startup.hpp"
#include "retention/open_holds.hpp"

extern "C" {
#include "access/xact.h"
#include "storage/lmgr.h"
#include "storage/lock.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
}

namespace primecloud::retention {
namespace {

struct question {
  Oid table;
  asker by;
  Snapshot seen;
};
List *asked = NIL;  // of this transaction

SERVER_CODE LOCKTAG lock_of(Oid table) {
  LOCKTAG tag;
  SET_LOCKTAG_OBJECT(tag, MyDatabaseId, pg::internal_table("retention_hold"), table, 0);
  return tag;
}

SERVER_CODE bool take(Oid table) {
  const LOCKTAG tag = lock_of(table);
  return LockAcquire(&tag, RowExclusiveLock, false, true) != LOCKACQUIRE_NOT_AVAIL;
}

SERVER_CODE question *asked_of(Oid table, asker by) {
  const ListCell *cell;
  foreach (cell, asked) {
    auto *of = static_cast<question *>(lfirst(cell));
    if (of->table == table && of->by == by) return of;
  }
  return nullptr;
}

SERVER_CODE void ask_all_again() {
  const ListCell *cell;
  foreach (cell, asked) {
    const auto *of = static_cast<const question *>(lfirst(cell));
    if (get_rel_name(of->table) == nullptr) continue;
    if (of->by == asker::function && !take(of->table)) refuse_being_held(of->table);
    ask_once_more(of->table, of->by, of->seen);
  }
}

// Its lock would stay, for as long as nobody ends what was prepared.
SERVER_CODE void check_prepare() {
  const ListCell *cell;
  foreach (cell, asked)
    if (static_cast<const question *>(lfirst(cell))->by == asker::function)
      ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
              errmsg("cannot PREPARE a transaction that deletes what may be held"), errhint("End it with COMMIT."));
}

SERVER_CODE void let_snapshots_go() {
  const ListCell *cell;
  foreach (cell, asked)
    UnregisterSnapshotFromOwner(static_cast<const question *>(lfirst(cell))->seen, TopTransactionResourceOwner);
}

SERVER_CODE void at_end_of_transaction(XactEvent event, void *) {
  const bool before_end = event == XACT_EVENT_PRE_COMMIT || event == XACT_EVENT_PRE_PREPARE;
  if (asked != NIL && before_end) {
    if (event == XACT_EVENT_PRE_PREPARE) check_prepare();
    ask_all_again();
    let_snapshots_go();
  }
  asked = NIL;
}

SERVER_CODE void watch_server() { RegisterXactCallback(at_end_of_transaction, nullptr); }
const pg::startup watching{watch_server};

}  // namespace

SERVER_CODE bool is_being_held(Oid table) {
  if (!take(table)) return true;
  const LOCKTAG tag = lock_of(table);
  LockRelease(&tag, RowExclusiveLock, false);
  return false;
}

SERVER_CODE void hold_off_askers(Oid table) {
  const LOCKTAG tag = lock_of(table);
  LockAcquire(&tag, ShareLock, false, false);
}

SERVER_CODE void note_asked(Oid table, asker by, Snapshot seen) {
  if (asked_of(table, by) != nullptr) return;
  const MemoryContext before = MemoryContextSwitchTo(TopTransactionContext);
  auto *made = static_cast<question *>(palloc(sizeof(question)));
  *made = {table, by, RegisterSnapshotOnOwner(seen, TopTransactionResourceOwner)};
  asked = lappend(asked, made);
  MemoryContextSwitchTo(before);
}

SERVER_CODE void note_removal(Oid table, Snapshot seen) {
  CommandCounterIncrement();
  ask_once_more(table, asker::batch, seen);
  note_asked(table, asker::batch, seen);
}

}  // namespace primecloud::retention
