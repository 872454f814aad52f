#include "tenant/validity.hpp"

#include <algorithm>
#include <cstring>

#include "core/tenant/identity.hpp"
#include "pg/c_string.hpp"
#include "pg/startup.hpp"
#include "pg/table.hpp"
#include "tenant/cluster.hpp"
#include "tenant/context.hpp"
#include "tenant/elsewhere.hpp"
#include "tenant/membership.hpp"
#include "tenant/sending.hpp"
#include "tenant/token_key.hpp"

extern "C" {
#include "access/parallel.h"
#include "access/xact.h"
#include "tcop/tcopprot.h"
#include "utils/inval.h"
#include "utils/timestamp.h"
}

namespace primecloud::tenant {
namespace {

// Changes are told as an invalidation of the registration, which costs nobody anything else.
Oid registration = InvalidOid;
std::uint64_t changes = 0;  // told to this backend
std::uint64_t known = 0;    // of those, what the context was entered after, or asked again after
bool paused = false;

void note_change(Datum, Oid relation) noexcept {
  if (relation == registration || !OidIsValid(relation)) changes++;
}

[[noreturn, gnu::cold]] SERVER_CODE void refuse(const char *why) {
  ereport(ERROR, errcode(ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION),
          errmsg("the context of this transaction has ended: %s", why),
          errhint("Roll the transaction back, and enter again."), errhidestmt(statement_may_hold_token()));
  pg_unreachable();
}

// Less than what was entered with: a lesser role, or one grant of several gone.
bool covers(const membership &found, const context_record &who) {
  if (!found.asked) return true;
  if (!found.member) return false;
  const auto held = parse_role(found.role);
  if (!held || static_cast<std::uint8_t>(*held) < who.rank) return false;
  if (!who.confined() || !is_confined(*held)) return true;
  const char **const last = found.ids + found.granted;
  const auto precedes = [](std::string_view a, std::string_view b) noexcept { return a < b; };
  std::sort(found.ids, last, precedes);
  bool all = true;
  who.for_each_granted([&](std::string_view id) noexcept { all &= std::binary_search(found.ids, last, id, precedes); });
  return all;
}

// What this transaction itself has changed is not committed, and takes nothing away yet; what
// it has added lets it go on.
SERVER_CODE bool is_covered(const context_record &who) {
  if (!who.token_key().empty() && !find_named_token_key(pg::c_string(who.token_key())).active) return false;
  if (!who.has_tenant || who.assumed) return true;
  const char *tenant = pg::c_string(who.tenant()), *user = pg::c_string(who.user());
  return covers(ask_membership(tenant, user, membership_as::committed), who) ||
         covers(ask_membership(tenant, user, membership_as::seen_here), who);
}

SERVER_CODE void ask_again(const context_record &who) {
  const std::uint64_t moment = changes;
  const MemoryContext work =
      AllocSetContextCreate(CurrentMemoryContext, "whether a context holds", ALLOCSET_SMALL_SIZES);
  const MemoryContext before = MemoryContextSwitchTo(work);
  const bool covered = is_covered(who);
  MemoryContextSwitchTo(before);
  MemoryContextDelete(work);
  if (!covered) refuse("the membership, the account, a grant or the token's key was taken away");
  known = moment;
}

// What takes something away from others is told when it is committed.  On a cluster the transaction does not even tell
// itself before: what is committed and what it has changed is one there, since both are read over its own connections.
Oid told_at_commit = InvalidOid;

SERVER_CODE void at_end_of_transaction(XactEvent event, void *) {
  const bool commits = event == XACT_EVENT_PRE_COMMIT || event == XACT_EVENT_PRE_PREPARE;
  if (commits && OidIsValid(told_at_commit)) CacheInvalidateRelcacheByRelid(told_at_commit);
  told_at_commit = InvalidOid;
  paused = false;
}
// ROLLBACK TO restores a context that was entered before what a later one has been told.
void at_end_of_subtransaction(SubXactEvent event, SubTransactionId, SubTransactionId, void *) noexcept {
  if (event == SUBXACT_EVENT_ABORT_SUB) known = ~changes;
}

SERVER_CODE void watch_validity() {
  CacheRegisterRelcacheCallback(note_change, 0);
  RegisterXactCallback(at_end_of_transaction, nullptr);
  RegisterSubXactCallback(at_end_of_subtransaction, nullptr);
}
const pg::startup watching_validity{watch_validity};

}  // namespace

void check_context() {
  const context_record *who = current();
  if (paused || is_asking_elsewhere() || IsParallelWorker()) return;
  // (Who was lent the setting has ended it: where it has gone along it stands, and a plan of before would read by it.)
  if (who == nullptr && is_sent()) refuse("it was ended on this node, and not on the others");
  if (who == nullptr) return;
  if (who->expires_known && GetCurrentTimestamp() >= who->expires.microseconds) refuse("its token has expired");
  // A statement whose relations are locked already has not listened.
  AcceptInvalidationMessages();
  // What the leader of a parallel plan runs inside it is part of that statement, and may take
  // no new snapshot: the next one asks.
  // (On a node that holds rows, whoever sent the context has asked.)
  if (known != changes && !IsInParallelMode() && asking_session() == 0) ask_again(*who);
  send_again_if_due();
}

void announce_change() {
  const Oid table = pg::internal_table("membership_source");
  if (!OidIsValid(table)) return;
  if (citus_is_loaded() && anything_is_distributed()) {
    told_at_commit = table;
    return;
  }
  CacheInvalidateRelcacheByRelid(table);
}

std::uint64_t changes_until_now() {
  registration = pg::internal_table("membership_source");
  return changes;
}

void knows_changes_until(std::uint64_t moment) noexcept { known = moment; }
void pause_checks(bool pause) noexcept { paused = pause; }

bool statement_may_hold_token() noexcept {
  return debug_query_string != nullptr &&
         (strcasestr(debug_query_string, "enter") != nullptr || strcasestr(debug_query_string, "token") != nullptr);
}

}  // namespace primecloud::tenant
