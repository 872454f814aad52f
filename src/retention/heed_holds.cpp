// heed_holds(table): whoever deletes rows by a statement of his own asks which holds there are, and may then keep his
// transaction open for as long as he likes.  COMMIT asks once more.
//
// place_hold() takes a lock on all that its hold reaches, after it has written the hold down, and has it until it
// commits; COMMIT takes the other side of it without waiting.  So either it sees the hold, or the hold is placed
// after the rows are gone.
#include <algorithm>

#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/server_version.hpp"
#include "pg/startup.hpp"
#include "pg/table.hpp"

extern "C" {
#include "access/xact.h"
#include "storage/lmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
}

namespace primecloud::retention {
namespace {

// The columns of retention_hold that are read here.
enum column { id = 0, released_at = 9, gone_at = 13, reached = 14, columns = 15 };

struct numbers {
  int64 *at;
  int count, room;
};

// Of this transaction: the tables that were asked about, and the holds that were open when the first was.
List *heeded = NIL;
numbers known = {nullptr, 0, 0};

SERVER_CODE LOCKTAG lock_of(Oid table) {
  LOCKTAG tag;
  SET_LOCKTAG_OBJECT(tag, MyDatabaseId, pg::internal_table("retention_hold"), table, 0);
  return tag;
}

SERVER_CODE bool take(Oid table) {
  const LOCKTAG tag = lock_of(table);
  return LockAcquire(&tag, RowExclusiveLock, false, true) != LOCKACQUIRE_NOT_AVAIL;
}

// (Nothing is held where the extension has been dropped meanwhile.)
template <class F>
SERVER_CODE void for_each_open_hold(Snapshot seen, F &&visit) {
  const Oid holds = pg::internal_table("retention_hold");
  if (!OidIsValid(holds)) return;
  pg::for_each_row<columns>(holds, seen, [&](const Datum *values, const bool *nulls) {
    if (nulls[released_at] && nulls[gone_at]) visit(values, nulls);
  });
}

SERVER_CODE void add(numbers &to, int64 number) {
  if (to.count == to.room) {
    to.room = 2 * to.room + 8;
    const Size bytes = to.room * sizeof(int64);
    to.at = static_cast<int64 *>(to.at == nullptr ? MemoryContextAlloc(TopTransactionContext, bytes)
                                                  : repalloc_huge(to.at, bytes));
  }
  to.at[to.count++] = number;
}

// By the snapshot of whoever asks, who looks for holds by the same one or a later: what he cannot have seen, by his
// isolation level or within one statement, is not known.
SERVER_CODE void look_at_holds() {
  known = {nullptr, 0, 0};
  for_each_open_hold(GetActiveSnapshot(),
                     [](const Datum *values, const bool *) { add(known, DatumGetInt64(values[id])); });
  std::sort(known.at, known.at + known.count);
}

// One of the tables that a hold reaches and that this transaction has asked about.
SERVER_CODE Oid heeded_among(Datum tables) {
  Datum *elements;
  int count;
  deconstruct_array(DatumGetArrayTypeP(tables), OIDOID, sizeof(Oid), true, TYPALIGN_INT, &elements, nullptr, &count);
  for (int i = 0; i < count; i++)
    if (list_member_oid(heeded, DatumGetObjectId(elements[i]))) return DatumGetObjectId(elements[i]);
  return InvalidOid;
}

SERVER_CODE const char *name_of(Oid table) {
  const char *name = get_rel_name(table);
  return name == nullptr ? psprintf("%u", table)
                         : quote_qualified_identifier(get_namespace_name(get_rel_namespace(table)), name);
}

[[noreturn]] SERVER_CODE void refuse(Oid table) {
  ereport(ERROR, errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
          errmsg("a legal hold has been placed on table %s since this transaction began to delete", name_of(table)),
          errhint("Nothing is deleted. Try again: what is held is refused by name then."));
  pg_unreachable();
}

SERVER_CODE void ask_again() {
  const ListCell *cell;
  foreach (cell, heeded)
    if (get_rel_name(lfirst_oid(cell)) != nullptr && !take(lfirst_oid(cell))) refuse(lfirst_oid(cell));
  const Oid holds = pg::internal_table("retention_hold");
  for_each_open_hold(pg::snapshot_of_now(holds), [](const Datum *values, const bool *nulls) {
    if (nulls[reached] || std::binary_search(known.at, known.at + known.count, DatumGetInt64(values[id]))) return;
    const Oid table = heeded_among(values[reached]);
    if (OidIsValid(table) && get_rel_name(table) != nullptr) refuse(table);
  });
}

SERVER_CODE void at_end_of_transaction(XactEvent event, void *) {
  if (event == XACT_EVENT_PRE_COMMIT && heeded != NIL) ask_again();
  // Its lock would stay, for as long as nobody ends what was prepared.
  if (event == XACT_EVENT_PRE_PREPARE && heeded != NIL)
    ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
            errmsg("cannot PREPARE a transaction that deletes what may be held"), errhint("End it with COMMIT."));
  if (event == XACT_EVENT_PRE_COMMIT || event == XACT_EVENT_PRE_PREPARE) return;
  heeded = NIL;
}

SERVER_CODE void watch_server() { RegisterXactCallback(at_end_of_transaction, nullptr); }
const pg::startup watching{watch_server};

SERVER_CODE bool heed(pg::relation table) noexcept {
  if (!pg::owns_relation(GetUserId(), table.oid))
    ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("must be owner of table %s", name_of(table.oid)),
            errhint("Ask in a SECURITY DEFINER function of the table's owner: that is where such rows are deleted."));
  // Told to delete nothing there, he need not be asked about it at the end.
  if (!take(table.oid)) return false;
  const LOCKTAG tag = lock_of(table.oid);
  LockRelease(&tag, RowExclusiveLock, false);
  if (heeded == NIL) look_at_holds();
  const MemoryContext before = MemoryContextSwitchTo(TopTransactionContext);
  heeded = list_append_unique_oid(heeded, table.oid);
  MemoryContextSwitchTo(before);
  return true;
}

SERVER_CODE pg::nothing hold_off(pg::relation table) noexcept {
  const LOCKTAG tag = lock_of(table.oid);
  LockAcquire(&tag, ShareLock, false, false);
  return {};
}
}  // namespace
}  // namespace primecloud::retention

PRIMECLOUD_FUNCTION(primecloud_heed_holds, primecloud::retention::heed);
PRIMECLOUD_FUNCTION(primecloud_hold_off, primecloud::retention::hold_off);
