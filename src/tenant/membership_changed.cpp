// What commands and triggers call when they take something away.
#include "pg/cached_table.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/server_function.hpp"
#include "tenant/validity.hpp"

extern "C" {
#include "access/xact.h"
#include "commands/trigger.h"
#include "miscadmin.h"
}

namespace {
using namespace primecloud;

SERVER_CODE pg::nothing membership_changed() noexcept {
  PreventCommandDuringRecovery("primecloud.membership_changed()");
  tenant::announce_change();
  return {};
}

SERVER_CODE Datum watch_membership(FunctionCallInfo fcinfo) noexcept {
  if (!CALLED_AS_TRIGGER(fcinfo))
    pg::raise(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED, "watch_membership is for triggers",
              "Use register_membership(..., watch => true).");
  tenant::announce_change();
  return PointerGetDatum(nullptr);
}

// The extension's own table, whose rows every session keeps.
SERVER_CODE Datum tell_sessions(FunctionCallInfo fcinfo) noexcept {
  if (!CALLED_AS_TRIGGER(fcinfo))
    pg::raise(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED, "tell_sessions is for triggers", nullptr);
  pg::cached_table::tell(RelationGetRelid(reinterpret_cast<TriggerData *>(fcinfo->context)->tg_relation));
  tenant::announce_change();
  return PointerGetDatum(nullptr);
}

// Two snapshots, one that decides and one that writes, may disagree on who may do what.
SERVER_CODE pg::nothing require_read_committed() noexcept {
  if (IsolationUsesXactSnapshot()) {
    ereport(
        ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE), errmsg("commands run in READ COMMITTED alone"),
        errhint(
            "Begin the transaction without an isolation level, or SET TRANSACTION ISOLATION LEVEL READ COMMITTED."));
  }
  return {};
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_membership_changed, membership_changed);
PRIMECLOUD_FUNCTION(primecloud_require_read_committed, require_read_committed);
PRIMECLOUD_SERVER_FUNCTION(primecloud_watch_membership, watch_membership);
PRIMECLOUD_SERVER_FUNCTION(primecloud_tell_sessions, tell_sessions);
