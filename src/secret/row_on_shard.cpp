// row_on_shard: a row of a shard, for the coordinator's reveal(), as the role that asks there may read it; and the
// context that he is in.  For the coordinator alone, which has asked for his privileges: shards have those of the whole
// table, and none on columns.
#include "pg/array_view.hpp"
#include "pg/as_role.hpp"
#include "pg/c_string.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "secret/readable_table.hpp"
#include "secret/reading.hpp"
#include "tenant/arriving.hpp"
#include "tenant/carried_setting.hpp"

extern "C" {
#include "access/table.h"
#include "utils/acl.h"
}

namespace {
using namespace primecloud;
using text_or_null = std::optional<std::string_view>;

SERVER_CODE pg::nothing take_context(std::string_view text) {
  tenant::hide_context_text();
  tenant::take_carried(pg::c_string(text));
  return {};
}

// How many there are, no more than two of them counted, and the first.
using answer = std::tuple<int32, text_or_null, text_or_null, std::optional<pg::bytes_view>>;

SERVER_CODE answer row_on_shard(pg::relation shard, pg::name_view column, pg::name_view tenant_column,
                                pg::name_view id_column, std::string_view row_id, text_or_null tenant,
                                pg::name_view role, std::optional<pg::array_view<int64>> writing) {
  secret::registration registered;
  namestrcpy(&registered.column, column.text);
  namestrcpy(&registered.tenant_column, tenant_column.text);
  namestrcpy(&registered.id_column, id_column.text);
  secret::own_rows own{writing ? *writing : pg::array_view<int64>{nullptr, 0}};
  secret::reading r{secret::open_table(shard.oid), registered, own.processes.count == 0 ? nullptr : &own};
  const pg::identity before = pg::current_identity();
  pg::become(get_role_oid(role.text, false), 0);
  secret::find_rows(r, row_id, tenant);
  pg::resume(before);
  table_close(r.table, NoLock);
  const auto text = [](const char *value) { return value == nullptr ? text_or_null() : text_or_null(value); };
  return {r.rows, text(r.first.tenant), text(r.first.id),
          r.first.envelope == nullptr ? std::nullopt : std::optional(pg::bytes_in(r.first.envelope))};
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_take_context, take_context);
PRIMECLOUD_FUNCTION(primecloud_row_on_shard, row_on_shard);
