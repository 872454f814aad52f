#include "tenant/context_json.hpp"

#include "core/json/writer.hpp"
#include "pg/function.hpp"
#include "pg/string_info.hpp"
#include "pg/table.hpp"
#include "tenant/context.hpp"

extern "C" {
#include "catalog/pg_policy.h"
#include "utils/datetime.h"
#include "utils/json.h"
#include "utils/jsonb.h"
}

namespace primecloud::tenant {
namespace {

// Whether confine_table() holds any table to what was granted: in a database without one a
// confined user reads what the others read.
SERVER_CODE bool some_table_confines() {
  bool found = false;
  pg::for_each_row<Anum_pg_policy_polname>(
      PolicyRelationId, pg::snapshot_of_now(PolicyRelationId), [&found](const Datum *values, const bool *) {
        found |= strcmp(NameStr(*DatumGetName(values[Anum_pg_policy_polname - 1])), "primecloud_confine") == 0;
      });
  return found;
}

}  // namespace

std::optional<pg::owned_jsonb> context_json() {
  const context_record *now = current();
  if (now == nullptr) return std::nullopt;
  const bool of_tenant = now->has_tenant;
  StringInfoData text;
  initStringInfo(&text);
  json_writer json(pg::into(&text));
  json.open('{');
  json.text("tenant", of_tenant ? std::optional(now->tenant()) : std::nullopt);
  json.text("user", now->user());
  json.text("role", of_tenant ? std::optional(role_name(static_cast<role>(now->rank))) : std::nullopt);
  json.truth("confined", now->confined() && some_table_confines());
  if (now->assumed) json.truth("assumed", true);
  char expires[MAXDATELEN + 1];
  const int utc = 0;
  if (now->expires_known)
    JsonEncodeDateTime(expires, TimestampTzGetDatum(now->expires.microseconds), TIMESTAMPTZOID, &utc);
  json.text("expires", now->expires_known ? std::optional<std::string_view>(expires) : std::nullopt);
  json.close('}');
  return DirectFunctionCall1(jsonb_in, CStringGetDatum(text.data));
}

}  // namespace primecloud::tenant

namespace {
SERVER_CODE std::optional<primecloud::pg::owned_jsonb> context() noexcept { return primecloud::tenant::context_json(); }
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_context, context);
