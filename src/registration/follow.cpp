// The event trigger by which registrations follow their objects: it has the extension look
// (primecloud_internal.follow) before a command, when what changed unseen is written down, and after
// it, when what must not be is refused.  An event trigger runs as whoever types the command, who has no
// right to registrations.
#include "pg/as_superuser.hpp"

extern "C" {
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "commands/event_trigger.h"
}

namespace {
using namespace primecloud;

SERVER_CODE void follow(bool refuses) {
  pg::as_superuser([&] {
    const Oid types[] = {BOOLOID};
    Datum values[] = {BoolGetDatum(refuses)};
    pg::run("SELECT primecloud_internal.follow($1)", 1, types, values);
  });
}
}  // namespace

extern "C" {
PGDLLEXPORT Datum primecloud_follow(PG_FUNCTION_ARGS);
PG_FUNCTION_INFO_V1(primecloud_follow);
SERVER_CODE Datum primecloud_follow(PG_FUNCTION_ARGS) {
  if (!CALLED_AS_EVENT_TRIGGER(fcinfo)) {
    ereport(ERROR, errcode(ERRCODE_E_R_I_E_EVENT_TRIGGER_PROTOCOL_VIOLATED),
            errmsg("follow_objects can be called by an event trigger only"));
  }
  const auto *event = reinterpret_cast<const EventTriggerData *>(fcinfo->context);
  const bool makes = event->tag == CMDTAG_CREATE_TABLE || event->tag == CMDTAG_CREATE_SCHEMA ||
                     event->tag == CMDTAG_CREATE_FOREIGN_TABLE;
  // A read-only transaction changes no table but temporary ones, which nobody registers.
  if (!XactReadOnly) follow(!makes && strcmp(event->event, "ddl_command_start") != 0);
  PG_RETURN_NULL();
}
}
