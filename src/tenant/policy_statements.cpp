// What the guard must know of a statement about a policy before it runs: what the policy was called, and what
// its comment was.  Afterwards nothing says so.
#include "pg/function.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "commands/event_trigger.h"
#include "commands/policy.h"
#include "executor/spi.h"
#include "nodes/parsenodes.h"
#include "utils/builtins.h"
}

namespace {
using namespace primecloud;

// As whoever types the command: it reads what everybody may.  (Without a plan of its own for each text.)
SERVER_CODE void ask_guard(const char *question, Oid policy, const char *text) {
  if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "could not connect to the SQL manager");
  Oid types[] = {OIDOID, TEXTOID};
  Datum values[] = {ObjectIdGetDatum(policy), text == nullptr ? Datum{} : CStringGetTextDatum(text)};
  const char nulls[] = {' ', text == nullptr ? 'n' : ' '};
  if (SPI_execute_with_args(question, 2, types, values, nulls, false, 0) != SPI_OK_SELECT)
    elog(ERROR, "the guard could not be asked");
  SPI_finish();
}

// What does not exist the server refuses itself.
SERVER_CODE Oid policy_of(RangeVar *table, const char *name) {
  const Oid relation = RangeVarGetRelid(table, NoLock, true);
  return OidIsValid(relation) ? get_relation_policy_oid(relation, name, true) : InvalidOid;
}

SERVER_CODE void before_rename(const RenameStmt *rename) {
  if (rename->renameType != OBJECT_POLICY) return;
  const Oid policy = policy_of(rename->relation, rename->subname);
  if (OidIsValid(policy)) ask_guard("SELECT primecloud_internal.guard_renamed_policy($1, $2)", policy, rename->newname);
}

SERVER_CODE void before_comment(const CommentStmt *comment) {
  if (comment->objtype != OBJECT_POLICY) return;
  const List *names = castNode(List, comment->object);
  RangeVar *table = makeRangeVarFromNameList(list_truncate(list_copy(names), list_length(names) - 1));
  const Oid policy = policy_of(table, strVal(llast(names)));
  if (OidIsValid(policy)) ask_guard("SELECT primecloud_internal.guard_lost_note($1, $2)", policy, comment->comment);
}
}  // namespace

extern "C" {
PGDLLEXPORT Datum primecloud_guard_policy(PG_FUNCTION_ARGS);
PG_FUNCTION_INFO_V1(primecloud_guard_policy);
SERVER_CODE Datum primecloud_guard_policy(PG_FUNCTION_ARGS) {
  if (!CALLED_AS_EVENT_TRIGGER(fcinfo)) {
    ereport(ERROR, errcode(ERRCODE_E_R_I_E_EVENT_TRIGGER_PROTOCOL_VIOLATED),
            errmsg("guard_policy can be called by an event trigger only"));
  }
  const Node *statement = reinterpret_cast<const EventTriggerData *>(fcinfo->context)->parsetree;
  if (IsA(statement, RenameStmt)) before_rename(reinterpret_cast<const RenameStmt *>(statement));
  if (IsA(statement, CommentStmt)) before_comment(reinterpret_cast<const CommentStmt *>(statement));
  PG_RETURN_NULL();
}
}
