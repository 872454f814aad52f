// sealed_row: the envelope of a row of a registered column, for reveal(), as far as its caller
// may read it.
//
// Read without SQL: a query over a table is planned, and planning runs functions that the
// table's owner put into indexes, checks, statistics and partition keys, with the rights of
// whoever asks.  Who reveals may be an operator with every tenant's rights, and the owner
// anybody.  So rows are found as the server's own types compare (tenant/row_search.hpp), and
// of what the owner wrote his policies alone are evaluated, where they are nobody lesser's code
// (tenant/caller_policies.hpp).
#include "secret/sealed_row.hpp"

#include "pg/c_string.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "secret/readable_table.hpp"
#include "secret/reading.hpp"
#include "secret/sealed.hpp"
#include "tenant/cluster.hpp"

extern "C" {
#include "access/table.h"
}

namespace {
using namespace primecloud;
using secret::reading;
using secret::sealed_value;

[[noreturn, gnu::cold]] SERVER_CODE void refuse_null(const char *what) {
  ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("the %s is NULL", what),
          errhint("Name a table, its sealed column and the id of a row."));
  pg_unreachable();
}

[[noreturn, gnu::cold]] SERVER_CODE void refuse_count(const reading &r, std::string_view id) {
  const char *name = RelationGetRelationName(r.table), *text = pg::c_string(id);
  if (r.rows > 1)
    ereport(ERROR, errcode(ERRCODE_CARDINALITY_VIOLATION), errmsg("%s has more than one row \"%s\"", name, text),
            errhint("Enter the account first, or open() the one you mean."));
  if (!r.whole)
    ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
            errmsg("%s has no row \"%s\" of its own, and foreign tables below it", name, text),
            errhint("Read the row by a SELECT of your own, and pass its envelope to primecloud.open()."));
  ereport(ERROR, errcode(ERRCODE_NO_DATA_FOUND), errmsg("%s has no row \"%s\"", name, text),
          errhint("Name a row that you may read: in an entered account those of the others are not there."));
  pg_unreachable();
}

// What a query calls for rows of a distributed table runs where they lie.
[[noreturn, gnu::cold]] SERVER_CODE void refuse_worker() {
  ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
          errmsg("secrets are opened on the coordinator, and this is another node"),
          errhint("Read what names the row first, and pass that."));
  pg_unreachable();
}

using text_or_null = std::optional<std::string_view>;

using answer = std::tuple<text_or_null, std::string_view, std::string_view, std::optional<sealed_value>>;

SERVER_CODE answer sealed_row(std::optional<pg::relation> table, std::optional<pg::name_view> column,
                              text_or_null row_id) {
  const secret::located_row row = secret::locate_row(table, column, row_id);
  return {row.tenant == nullptr ? text_or_null() : text_or_null(row.tenant), row.label, row.id,
          row.envelope == nullptr ? std::nullopt : std::optional(sealed_value{row.envelope})};
}
}  // namespace

secret::located_row primecloud::secret::locate_row(std::optional<pg::relation> table,
                                                   std::optional<pg::name_view> column, text_or_null row_id,
                                                   text_or_null tenant) {
  if (!table) refuse_null("table");
  if (!column) refuse_null("column");
  if (tenant::citus_is_loaded() && tenant::is_worker()) refuse_worker();
  registration registered;
  find_registration(table->oid, column->text, registered);
  if (!row_id) refuse_null("row id");
  reading r{open_table(table->oid), registered};
  check_may_read(r.table, registered);
  secret::find_rows(r, *row_id, tenant);
  if (r.rows != 1) refuse_count(r, *row_id);
  table_close(r.table, NoLock);  // the lock stays, as a SELECT's does
  const std::string_view label = registered.label_view();
  return {r.first.tenant, {pg::c_string(label), label.size()}, r.first.id, r.first.envelope};
}

PRIMECLOUD_FUNCTION(primecloud_sealed_row, sealed_row);
