#include "secret/readable_table.hpp"

#include "pg/c_string.hpp"
#include "pg/datum_builtin.hpp"
#include "secret/sealed_scan.hpp"

extern "C" {
#include "access/relation.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
}

namespace primecloud::secret {

Relation open_table(Oid oid) {
  Relation table = try_relation_open(oid, AccessShareLock);
  if (table == nullptr)
    ereport(ERROR, errcode(ERRCODE_UNDEFINED_TABLE), errmsg("there is no table %u", oid),
            errhint("It was dropped meanwhile."));
  if (table->rd_rel->relkind != RELKIND_RELATION && table->rd_rel->relkind != RELKIND_PARTITIONED_TABLE)
    ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("\"%s\" is not a table", RelationGetRelationName(table)),
            errhint("Reveal from the table below it."));
  return table;
}

void check_may_read(Relation table, const registration &column) {
  const Oid caller = GetUserId(), schema = RelationGetNamespace(table), oid = RelationGetRelid(table);
  if (!pg::may_use_schema(caller, schema)) aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_SCHEMA, get_namespace_name(schema));
  if (pg_class_aclcheck(oid, caller, ACL_SELECT) == ACLCHECK_OK) return;
  for (const NameData *name : {&column.tenant_column, &column.id_column, &column.column}) {
    const AttrNumber number = column_number(table, NameStr(*name));
    if (pg_attribute_aclcheck(oid, number, caller, ACL_SELECT) != ACLCHECK_OK)
      aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_TABLE, RelationGetRelationName(table));
  }
}

void check_is_stored(Relation table, AttrNumber number, const char *name) {
  const char generated = TupleDescAttr(RelationGetDescr(table), number - 1)->attgenerated;
  if (generated != '\0' && generated != ATTRIBUTE_GENERATED_STORED)
    ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
            errmsg("column \"%s\" of \"%s\" is generated when it is read", name, RelationGetRelationName(table)),
            errhint("Use a column that is stored."));
}

tenant::plain_column key_column(Relation table, const char *name) {
  tenant::plain_column found;
  found.number = column_number(table, name);
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

Datum read_id(Oid type, std::string_view text) {
  Oid input, parameter;
  getTypeInputInfo(type, &input, &parameter);
  return OidInputFunctionCall(input, pg::c_string(text), parameter, -1);
}

}  // namespace primecloud::secret
