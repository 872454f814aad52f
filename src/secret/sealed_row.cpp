// sealed_row: the envelope of a row of a registered column, for reveal(), as far as its caller
// may read it.
//
// Read without SQL: a query over a table is planned, and planning runs functions that the
// table's owner put into indexes, checks, statistics and partition keys, with the rights of
// whoever asks.  Who reveals may be an operator with every tenant's rights, and the owner
// anybody.  So rows are found as the server's own types compare (tenant/row_search.hpp), and
// of what the owner wrote his policies alone are evaluated, where they are nobody lesser's code
// (tenant/caller_policies.hpp).
#include "pg/c_string.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "secret/registration.hpp"
#include "secret/sealed.hpp"
#include "secret/sealed_scan.hpp"
#include "tenant/caller_policies.hpp"
#include "tenant/distributed.hpp"
#include "tenant/row_search.hpp"

extern "C" {
#include "access/relation.h"
#include "access/tupconvert.h"
#include "catalog/pg_inherits.h"
#include "utils/acl.h"
}

namespace {
using namespace primecloud;
using secret::registration;
using secret::sealed_value;

struct found_row {
  const char *tenant = nullptr, *id = nullptr;
  varlena *envelope = nullptr;
};

struct reading {
  Relation table;
  const registration &column;
  Datum id, tenant;
  bool tenant_is_known = false;  // by the policies: rows of others are not even looked at
  tenant::caller_policies policies;
  int rows = 0;
  bool whole = true;  // false: there are foreign tables, which are not read
  found_row first;
};

[[noreturn, gnu::cold]] SERVER_CODE void refuse_null(const char *what) {
  ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("the %s is NULL", what));
  pg_unreachable();
}

SERVER_CODE Relation open_table(Oid oid) {
  Relation table = try_relation_open(oid, AccessShareLock);
  if (table == nullptr) ereport(ERROR, errcode(ERRCODE_UNDEFINED_TABLE), errmsg("there is no table %u", oid));
  if (table->rd_rel->relkind != RELKIND_RELATION && table->rd_rel->relkind != RELKIND_PARTITIONED_TABLE)
    ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("\"%s\" is not a table", RelationGetRelationName(table)),
            errhint("Reveal from the table below it."));
  if (tenant::is_distributed(oid))
    ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
            errmsg("table \"%s\" is distributed", RelationGetRelationName(table)),
            errhint("Read the row by a SELECT of your own, and pass its envelope to primecloud.open()."));
  return table;
}

// What a SELECT of the three columns would need.
SERVER_CODE void check_may_read(Relation table, const registration &column) {
  const Oid caller = GetUserId(), schema = RelationGetNamespace(table), oid = RelationGetRelid(table);
  if (!pg::may_use_schema(caller, schema)) aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_SCHEMA, get_namespace_name(schema));
  if (pg_class_aclcheck(oid, caller, ACL_SELECT) == ACLCHECK_OK) return;
  for (const NameData *name : {&column.tenant_column, &column.id_column, &column.column}) {
    const AttrNumber number = secret::column_number(table, NameStr(*name));
    if (pg_attribute_aclcheck(oid, number, caller, ACL_SELECT) != ACLCHECK_OK)
      aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_TABLE, RelationGetRelationName(table));
  }
}

SERVER_CODE void check_is_stored(Relation table, AttrNumber number, const char *name) {
  const char generated = TupleDescAttr(RelationGetDescr(table), number - 1)->attgenerated;
  if (generated != '\0' && generated != ATTRIBUTE_GENERATED_STORED)
    ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
            errmsg("column \"%s\" of \"%s\" is generated when it is read", name, RelationGetRelationName(table)),
            errhint("Use a column that is stored."));
}

// An id or a tenant: of a type whose text and `=` are the server's own.
SERVER_CODE tenant::plain_column key_column(Relation table, const char *name) {
  tenant::plain_column found;
  found.number = secret::column_number(table, name);
  const auto *column = TupleDescAttr(RelationGetDescr(table), found.number - 1);
  found.type = tenant::plain_type(column->atttypid);
  if (!OidIsValid(found.type))
    ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
            errmsg("column \"%s\" of \"%s\" is of type %s", name, RelationGetRelationName(table),
                   format_type_be(column->atttypid)),
            errhint("An id or a tenant is an integer, a uuid or text."));
  check_is_stored(table, found.number, name);
  if (OidIsValid(column->attcollation) && !get_collation_isdeterministic(column->attcollation))
    found.collation = column->attcollation;
  return found;
}

// As the column's base type reads it, past the checks of any domain.
SERVER_CODE Datum read_id(Oid type, std::string_view text) {
  Oid input, parameter;
  getTypeInputInfo(type, &input, &parameter);
  return OidInputFunctionCall(input, pg::c_string(text), parameter, -1);
}

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
  const AttrNumber envelope = secret::sealed_column_number(table, NameStr(r.column.column));
  check_is_stored(table, envelope, NameStr(r.column.column));
  const TupleConversionMap *map =
      table == r.table ? nullptr : convert_tuples_by_name(RelationGetDescr(table), RelationGetDescr(r.table));
  TupleTableSlot *above =
      map == nullptr ? nullptr : MakeSingleTupleTableSlot(RelationGetDescr(r.table), &TTSOpsVirtual);
  tenant::row_scan scan = tenant::begin_scan(table, search, GetActiveSnapshot());
  while (TupleTableSlot *row = r.rows > 1 ? nullptr : tenant::next_row(scan)) {
    if (above != nullptr) {
      execute_attr_map_slot(map->attrMap, row, above);
      above->tts_tableOid = row->tts_tableOid;
    }
    if (tenant::lets_read(r.policies, above != nullptr ? above : row)) take(r, search, envelope, row);
  }
  tenant::end_scan(scan);
  if (above != nullptr) ExecDropSingleTupleTableSlot(above);
}

// Partitions and children too, by the privileges and policies of the table that was named.
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

[[noreturn, gnu::cold]] SERVER_CODE void refuse_count(const reading &r, std::string_view id) {
  const char *name = RelationGetRelationName(r.table), *text = pg::c_string(id);
  if (r.rows > 1)
    ereport(ERROR, errcode(ERRCODE_CARDINALITY_VIOLATION), errmsg("%s has more than one row \"%s\"", name, text),
            errhint("Enter the account first, or open() the one you mean."));
  if (!r.whole)
    ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
            errmsg("%s has no row \"%s\" of its own, and foreign tables below it", name, text),
            errhint("Read the row by a SELECT of your own, and pass its envelope to primecloud.open()."));
  ereport(ERROR, errcode(ERRCODE_NO_DATA_FOUND), errmsg("%s has no row \"%s\"", name, text));
  pg_unreachable();
}

SERVER_CODE void read_row(reading &r, std::string_view row_id) {
  const tenant::plain_column id = key_column(r.table, NameStr(r.column.id_column));
  const tenant::plain_column tenant = key_column(r.table, NameStr(r.column.tenant_column));
  r.id = read_id(id.type, row_id);
  r.policies = tenant::policies_of_caller(r.table);
  NullableDatum required{};
  r.tenant_is_known = !OidIsValid(tenant.collation) &&
                      tenant::required_value(r.policies, tenant.number, tenant.type, &required) && !required.isnull;
  r.tenant = required.value;
  read_tree(r);
  tenant::end_policies(r.policies);
  if (r.rows != 1) refuse_count(r, row_id);
}

using text_or_null = std::optional<std::string_view>;
using answer = std::tuple<text_or_null, std::string_view, std::string_view, std::optional<sealed_value>>;

SERVER_CODE answer sealed_row(std::optional<pg::relation> table, std::optional<pg::name_view> column,
                              text_or_null row_id) {
  if (!table) refuse_null("table");
  if (!column) refuse_null("column");
  registration registered;
  secret::find_registration(table->oid, column->text, registered);
  if (!row_id) refuse_null("row id");
  reading r{open_table(table->oid), registered, {}, {}, false, {}, 0, true, {}};
  check_may_read(r.table, registered);
  read_row(r, *row_id);
  table_close(r.table, NoLock);  // the lock stays, as a SELECT's does
  const std::string_view label = registered.label_view();
  const auto *kept = pg::c_string(label);
  return {r.first.tenant == nullptr ? text_or_null() : text_or_null(r.first.tenant),
          std::string_view(kept, label.size()), r.first.id,
          r.first.envelope == nullptr ? std::nullopt : std::optional(sealed_value{r.first.envelope})};
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_sealed_row, sealed_row);
