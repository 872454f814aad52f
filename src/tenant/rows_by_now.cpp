// rows_by_now: columns of a table's rows as texts, as they are by now and past its policies, read without SQL: a query
// over somebody's table would run, as it is planned, what its owner put into its indexes, with the rights of the
// superuser who asks.
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "tenant/heap_by_now.hpp"
#include "tenant/row_search.hpp"

extern "C" {
#include "access/relation.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
}

namespace {
using namespace primecloud;

constexpr int wanted_columns = 3;

struct wanted_name {
  const char *text;
};

struct row_of_now {
  const char *value[wanted_columns];
  bool open;
};

struct rows_of_now {
  int count = 0, room = 0;
  row_of_now *row = nullptr;
};

SERVER_CODE tenant::plain_column plain_stored_column(Relation table, const char *name) {
  tenant::plain_column found;
  found.number = get_attnum(RelationGetRelid(table), name);
  const FormData_pg_attribute *column =
      found.number > 0 ? TupleDescAttr(RelationGetDescr(table), found.number - 1) : nullptr;
  if (column != nullptr && (column->attgenerated == '\0' || column->attgenerated == ATTRIBUTE_GENERATED_STORED))
    found.type = tenant::plain_type(column->atttypid);
  if (!OidIsValid(found.type))
    ereport(ERROR, errcode(ERRCODE_UNDEFINED_COLUMN),
            errmsg("table \"%s\" has no stored column \"%s\" of a plain type", RelationGetRelationName(table), name),
            errhint("Name a column of type uuid, integer, bigint or text."));
  return found;
}

SERVER_CODE void keep(rows_of_now &rows, TupleTableSlot *slot, const tenant::plain_column *columns, bool open) {
  if (rows.count == rows.room) {
    rows.room = rows.room == 0 ? 64 : 2 * rows.room;
    const Size size = sizeof(row_of_now) * static_cast<Size>(rows.room);
    rows.row = static_cast<row_of_now *>(rows.row == nullptr ? palloc(size) : repalloc_huge(rows.row, size));
  }
  row_of_now &row = rows.row[rows.count++];
  row.open = open;
  for (int i = 0; i < wanted_columns; i++) {
    bool null = true;
    const Datum value = columns[i].number > 0 ? slot_getattr(slot, columns[i].number, &null) : Datum{0};
    row.value[i] = null ? nullptr : tenant::plain_text(columns[i].type, value);
  }
}

SERVER_CODE rows_of_now read_by_now(Oid oid, const std::optional<wanted_name> *names) {
  Relation table = tenant::open_heap_by_now(oid, "Ask primecloud.check_schema() on the coordinator.");
  tenant::plain_column columns[wanted_columns];
  for (int i = 0; i < wanted_columns; i++)
    if (names[i]) columns[i] = plain_stored_column(table, names[i]->text);
  // Of each row it leaves there who makes it, or takes it away, and has not ended.
  SnapshotData everyone;
  InitDirtySnapshot(everyone);
  rows_of_now rows;
  const tenant::row_search every_row;
  tenant::row_scan scan = tenant::begin_scan(table, every_row, &everyone);
  while (TupleTableSlot *slot = tenant::next_row(scan)) {
    CHECK_FOR_INTERRUPTS();
    keep(rows, slot, columns, TransactionIdIsValid(everyone.xmin) || TransactionIdIsValid(everyone.xmax));
  }
  tenant::end_scan(scan);
  relation_close(table, NoLock);
  return rows;
}

using told_text = std::optional<std::string_view>;
using told_rows_of_now = pg::rows<std::tuple<told_text, told_text, told_text, bool>>;

told_rows_of_now rows_by_now(std::optional<pg::relation> table, std::optional<wanted_name> first,
                             std::optional<wanted_name> second, std::optional<wanted_name> third) {
  told_rows_of_now answer;
  if (!table) return answer;
  const std::optional<wanted_name> names[wanted_columns] = {first, second, third};
  const rows_of_now read = pg::guarded([&] { return read_by_now(table->oid, names); });
  const auto as_text = [](const char *value) { return value == nullptr ? told_text() : told_text(value); };
  for (int i = 0; i < read.count; i++) {
    const row_of_now &row = read.row[i];
    answer.emplace_back(as_text(row.value[0]), as_text(row.value[1]), as_text(row.value[2]), row.open);
  }
  return answer;
}
}  // namespace

namespace primecloud::pg {
template <>
struct datum<wanted_name> {
  static constexpr const char *sql = "name";
  static wanted_name get(Datum d) noexcept { return {NameStr(*DatumGetName(d))}; }
};
}  // namespace primecloud::pg

PRIMECLOUD_FUNCTION(primecloud_rows_by_now, rows_by_now);
