// stored_values: columns of a table's rows as texts, for functions that greater roles run over
// tables of lesser ones.  Read without a query, as row_search.hpp has it.
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "tenant/caller_policies.hpp"
#include "tenant/row_search.hpp"

extern "C" {
#include "access/relation.h"
#include "catalog/pg_class.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
}

namespace {
using namespace primecloud;

constexpr int most = 2;

struct column_name {
  const char *text;
};

struct read_rows {
  int count = 0, room = 0;
  const char *(*value)[most] = nullptr;
};

SERVER_CODE tenant::plain_column readable_column(Relation table, const char *name) {
  tenant::plain_column found;
  found.number = get_attnum(RelationGetRelid(table), name);
  if (found.number > 0)
    found.type = tenant::plain_type(TupleDescAttr(RelationGetDescr(table), found.number - 1)->atttypid);
  if (!OidIsValid(found.type))
    ereport(ERROR, errcode(ERRCODE_UNDEFINED_COLUMN),
            errmsg("table \"%s\" has no column \"%s\" of integers or text", RelationGetRelationName(table), name),
            errhint("Name a column of type integer, bigint or text."));
  return found;
}

SERVER_CODE Relation open_readable(Oid oid) {
  Relation table = try_relation_open(oid, AccessShareLock);
  if (table == nullptr)
    ereport(ERROR, errcode(ERRCODE_UNDEFINED_TABLE), errmsg("there is no table %u", oid),
            errhint("It was dropped meanwhile."));
  if (table->rd_rel->relkind != RELKIND_RELATION)
    ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("\"%s\" is not a table", RelationGetRelationName(table)),
            errhint("Name the table below it."));
  const Oid schema = RelationGetNamespace(table);
  if (!pg::may_use_schema(GetUserId(), schema))
    aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_SCHEMA, get_namespace_name(schema));
  if (pg_class_aclcheck(oid, GetUserId(), ACL_SELECT) != ACLCHECK_OK)
    aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_TABLE, RelationGetRelationName(table));
  return table;
}

SERVER_CODE void take(read_rows &rows, TupleTableSlot *row, const tenant::plain_column *columns, int count) {
  if (rows.count == rows.room) {
    rows.room = rows.room == 0 ? 64 : 2 * rows.room;
    const Size size = sizeof *rows.value * static_cast<size_t>(rows.room);
    rows.value = static_cast<const char *(*)[most]>(rows.value == nullptr ? palloc(size) : repalloc(rows.value, size));
  }
  auto &values = rows.value[rows.count++];
  for (int i = 0; i < most; i++) {
    bool null = true;
    const Datum value = i < count ? slot_getattr(row, columns[i].number, &null) : Datum{0};
    values[i] = null ? nullptr : tenant::plain_text(columns[i].type, value);
  }
}

SERVER_CODE read_rows read_all(Oid oid, const char *first, const char *second) {
  Relation table = open_readable(oid);
  tenant::plain_column columns[most] = {readable_column(table, first)};
  const int count = second == nullptr ? 1 : 2;
  if (second != nullptr) columns[1] = readable_column(table, second);
  tenant::caller_policies policies = tenant::policies_of_caller(table);
  const tenant::row_search every_row;
  read_rows rows;
  tenant::row_scan scan = tenant::begin_scan(table, every_row, GetActiveSnapshot());
  while (TupleTableSlot *row = tenant::next_row(scan)) {
    if (tenant::lets_read(policies, row)) take(rows, row, columns, count);
  }
  tenant::end_scan(scan);
  tenant::end_policies(policies);
  relation_close(table, NoLock);
  return rows;
}

using one_value = std::optional<std::string_view>;

pg::rows<std::tuple<one_value, one_value>> stored_values(std::optional<pg::relation> table,
                                                         std::optional<column_name> first,
                                                         std::optional<column_name> second) {
  pg::rows<std::tuple<one_value, one_value>> answer;
  if (!table || !first) return answer;
  const read_rows read =
      pg::guarded([&] { return read_all(table->oid, first->text, second ? second->text : nullptr); });
  const auto as_text = [](const char *value) { return value == nullptr ? one_value() : one_value(value); };
  for (int i = 0; i < read.count; i++) answer.emplace_back(as_text(read.value[i][0]), as_text(read.value[i][1]));
  return answer;
}
}  // namespace

namespace primecloud::pg {
template <>
struct datum<column_name> {
  static constexpr const char *sql = "name";
  static column_name get(Datum d) noexcept { return {NameStr(*DatumGetName(d))}; }
};
}  // namespace primecloud::pg

PRIMECLOUD_FUNCTION(primecloud_stored_values, stored_values);
