// key_request(kind, request): the one door to the life of keys.
//
// No function of the extension runs as its owner for whoever calls it: that would know
// only who connected, not who asks, and the owner of a table could ask through a trigger
// or an index of his that somebody else comes upon.  So whoever asks is noted here, and
// the extension's owner, the keeper, decides by key_decide() whether he may.
#include "pg/as_role.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/owned.hpp"
#include "secret/key_table.hpp"
#include "secret/permission.hpp"
#include "tenant/context.hpp"

extern "C" {
#include "executor/spi.h"
#include "utils/datum.h"
}

namespace {
using namespace primecloud;

SERVER_CODE Datum decide(Oid keeper, std::string_view kind, Datum request) {
  const context_record *context = tenant::current();
  const bool entered = context != nullptr && context->has_tenant;
  const bool any = secret::may_act_for_any_tenant();
  Oid types[] = {OIDOID, BOOLOID, TEXTOID, TEXTOID, JSONBOID};
  Datum values[] = {ObjectIdGetDatum(GetUserId()), BoolGetDatum(any),
                    entered ? pg::datum<std::string_view>::put(context->tenant()) : Datum{0},
                    pg::datum<std::string_view>::put(kind), request};
  const char nulls[] = {' ', ' ', entered ? ' ' : 'n', ' ', ' ', '\0'};
  const pg::identity before = pg::current_identity();
  pg::become(keeper, 0);
  const int code = SPI_execute_with_args(
      "SELECT primecloud_internal.key_decide(ROW($1, $2, $3)::primecloud_internal.key_asker, $4, $5)", 5, types, values,
      nulls, false, 0);
  pg::resume(before);
  bool null = true;
  if (code != SPI_OK_SELECT || SPI_processed != 1)
    elog(ERROR, "unexpected result of key_decide: %s", SPI_result_code_string(code));
  const Datum answer = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null);
  if (null) elog(ERROR, "no answer from key_decide");
  return answer;
}

SERVER_CODE pg::owned_jsonb key_request(pg::call_site site, std::string_view kind, pg::owned_jsonb request) {
  if (InSecurityRestrictedOperation()) {
    ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
            errmsg("keys cannot be asked for from inside a security-restricted operation"),
            errhint("Call the function by itself, not from an index, a trigger or a view."));
  }
  secret::check_keys_are_here();
  const Oid keeper = pg::owner_of_function(site.info->flinfo->fn_oid);
  const MemoryContext outside = CurrentMemoryContext;
  if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "could not connect to the SQL manager");
  const Datum answer = decide(keeper, kind, request.value);
  const MemoryContext inside = MemoryContextSwitchTo(outside);
  const Datum copy = datumCopy(answer, false, -1);
  MemoryContextSwitchTo(inside);
  SPI_finish();
  return {copy};
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_key_request, key_request);
