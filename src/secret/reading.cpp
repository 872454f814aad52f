#include "secret/reading.hpp"

#include "secret/read_elsewhere.hpp"
#include "secret/readable_table.hpp"
#include "secret/sealed_scan.hpp"
#include "tenant/distributed.hpp"

extern "C" {
#include "access/table.h"
#include "access/tupconvert.h"
#include "catalog/pg_inherits.h"
}

namespace primecloud::secret {
namespace {

SERVER_CODE void take(reading &r, const tenant::row_search &search, AttrNumber envelope, TupleTableSlot *row) {
  if (r.rows++ > 0) return;
  const auto text = [row](const tenant::plain_column &column) -> const char * {
    bool null;
    const Datum value = slot_getattr(row, column.number, &null);
    return null ? nullptr : tenant::plain_text(column.type, value);
  };
  r.first.id = text(search.column[0]);
  r.first.tenant = text(search.column[1]);
  bool null;
  const Datum value = slot_getattr(row, envelope, &null);
  if (!null) r.first.envelope = pg_detoast_datum_copy(reinterpret_cast<varlena *>(DatumGetPointer(value)));
}

// The rows of a table that has rows of its own: the one that was named, or one below it, whose
// rows are asked for as the other's.
SERVER_CODE void read_table(reading &r, Relation table) {
  tenant::row_search search;
  search.column[0] = key_column(table, NameStr(r.column.id_column));
  search.column[1] = key_column(table, NameStr(r.column.tenant_column));
  search.wanted[0] = r.id;
  search.wanted[1] = r.tenant;
  search.keys = r.tenant_is_known ? 2 : 1;
  const AttrNumber envelope = sealed_column_number(table, NameStr(r.column.column));
  check_is_stored(table, envelope, NameStr(r.column.column));
  const TupleConversionMap *map =
      table == r.table ? nullptr : convert_tuples_by_name(RelationGetDescr(table), RelationGetDescr(r.table));
  TupleTableSlot *above =
      map == nullptr ? nullptr : MakeSingleTupleTableSlot(RelationGetDescr(r.table), &TTSOpsVirtual);
  const auto look_at = [&](TupleTableSlot *row) {
    if (above != nullptr) {
      execute_attr_map_slot(map->attrMap, row, above);
      above->tts_tableOid = row->tts_tableOid;
    }
    if (tenant::lets_read(r.policies, above != nullptr ? above : row)) take(r, search, envelope, row);
  };
  if (r.own != nullptr) read_own(*r.own, table, search, look_at);
  tenant::row_scan scan = tenant::begin_scan(table, search, GetActiveSnapshot());
  while (TupleTableSlot *row = r.rows > 1 ? nullptr : tenant::next_row(scan)) {
    if (r.own == nullptr || !is_ended(*r.own, row)) look_at(row);
  }
  tenant::end_scan(scan);
  if (above != nullptr) ExecDropSingleTupleTableSlot(above);
}

// Rows of others are not looked at where the policies name a tenant, or the caller does.
SERVER_CODE void find_tenant(reading &r, std::optional<std::string_view> wanted) {
  const tenant::plain_column column = key_column(r.table, NameStr(r.column.tenant_column));
  if (wanted) {
    r.tenant = read_id(column.type, *wanted);
    r.tenant_is_known = true;
    return;
  }
  NullableDatum required{};
  r.tenant_is_known = !OidIsValid(column.collation) &&
                      tenant::required_value(r.policies, column.number, column.type, &required) && !required.isnull;
  r.tenant = required.value;
}

SERVER_CODE void read_tree(reading &r) {
  if (!r.table->rd_rel->relhassubclass) return read_table(r, r.table);
  const ListCell *cell;
  foreach (cell, find_all_inheritors(RelationGetRelid(r.table), AccessShareLock, nullptr)) {
    Relation table = table_open(lfirst_oid(cell), NoLock);
    if (table->rd_rel->relkind == RELKIND_FOREIGN_TABLE) r.whole = false;
    if (RELKIND_HAS_TABLE_AM(table->rd_rel->relkind) && !RELATION_IS_OTHER_TEMP(table)) read_table(r, table);
    table_close(table, NoLock);
  }
}

}  // namespace

void find_rows(reading &r, std::string_view row_id, std::optional<std::string_view> tenant) {
  const tenant::plain_column id = key_column(r.table, NameStr(r.column.id_column));
  r.id = read_id(id.type, row_id);
  r.policies = tenant::policies_of_caller(r.table);
  find_tenant(r, tenant);
  if (tenant::is_distributed(RelationGetRelid(r.table)))
    read_elsewhere(r, row_id);
  else
    read_tree(r);
  tenant::end_policies(r.policies);
}

}  // namespace primecloud::secret
