#include "tenant/membership.hpp"

#include "core/tenant/identity.hpp"
#include "pg/table.hpp"

extern "C" {
#include "catalog/pg_authid.h"
#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/uuid.h"
}

namespace primecloud::tenant {
namespace {

// One row of primecloud.membership_source, in the order of its columns.
enum column {
  relation_schema, relation_name, relation_owner, tenant_column, user_column, role_column,
  accounts_schema, accounts_name, accounts_key_column, accounts_status_column, accounts_active_status,
  grants_schema, grants_name, grants_tenant_column, grants_user_column, grants_id_column, columns
};

struct source {
  bool found = false;
  const char *text[columns] = {};
};

source read_source() {
  source read;
  const Oid table = pg::extension_table("membership_source");
  if (!OidIsValid(table)) return read;
  const MemoryContext here = CurrentMemoryContext;
  pg::for_each_row<columns + 1>(table, [&](const Datum *values, const bool *nulls) {
    const MemoryContext before = MemoryContextSwitchTo(here);
    for (int i = 0; i < columns; i++) read.text[i] = nulls[i + 1] ? nullptr : TextDatumGetCString(values[i + 1]);
    read.found = true;
    MemoryContextSwitchTo(before);
  });
  return read;
}

struct column_type {
  AttrNumber number;
  Oid type;
};

// The relation by its registered name, if it is still what was registered: a table
// of the same owner.  A name that somebody else has taken since is not believed.
Oid resolve(const source &from, column schema, column name) {
  const Oid space = get_namespace_oid(from.text[schema], true);
  const Oid table = OidIsValid(space) ? get_relname_relid(from.text[name], space) : InvalidOid;
  const char kind = OidIsValid(table) ? get_rel_relkind(table) : '\0';
  if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE) {
    ereport(ERROR, errcode(ERRCODE_UNDEFINED_TABLE),
            errmsg("the registered membership table \"%s.%s\" does not exist", from.text[schema], from.text[name]),
            errhint("Register it again with primecloud.register_membership()."));
  }
  Relation relation = table_open(table, AccessShareLock);
  const char *owner = GetUserNameFromId(relation->rd_rel->relowner, true);
  table_close(relation, NoLock);
  if (owner == nullptr || strcmp(owner, from.text[relation_owner]) != 0) {
    ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
            errmsg("the registered membership table \"%s.%s\" has changed hands", from.text[schema], from.text[name]),
            errhint("Its owner may register it again with primecloud.register_membership()."));
  }
  return table;
}

// A column that is read as text or joined: of a built-in type, since the casts and
// operators of any other could be its owner's code.
Oid type_of(Oid table, const char *name) {
  const AttrNumber number = get_attnum(table, name);
  if (number <= 0) {
    ereport(ERROR, errcode(ERRCODE_UNDEFINED_COLUMN),
            errmsg("column \"%s\" of the registered membership table \"%s\" does not exist", name, get_rel_name(table)),
            errhint("Register it again with primecloud.register_membership()."));
  }
  const Oid type = get_atttype(table, number);
  if (type >= FirstNormalObjectId) {
    ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("membership column \"%s\" has the type %s", name, format_type_be(type)),
            errhint("Use uuid, bigint, integer, text or varchar."));
  }
  return type;
}

// `text` as a value of a key column's type; false if it cannot be one.  Only types
// whose comparison is the server's own: no code of the table's owner runs.
bool key_datum(Oid type, const char *text, Datum *value, Oid *as) {
  *as = type;
  switch (type) {
    case TEXTOID:
    case VARCHAROID:
      *as = TEXTOID;
      *value = CStringGetTextDatum(text);
      return true;
    case UUIDOID: {
      const auto id = parse_canonical_uuid(text);
      if (!id) return false;
      auto *copy = static_cast<pg_uuid_t *>(palloc(sizeof(pg_uuid_t)));
      memcpy(copy->data, id->octets.data(), id->octets.size());
      *value = UUIDPGetDatum(copy);
      return true;
    }
    case INT4OID:
    case INT8OID: {
      const auto number = parse_bigint(text);
      if (!number) return false;
      *as = INT8OID;
      *value = Int64GetDatum(*number);
      return true;
    }
  }
  ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("a membership column has the type %s", format_type_be(type)),
          errhint("Use uuid, bigint, integer, text or varchar."));
  return false;
}

void append_match(StringInfo query, const char *alias, const char *name, int parameter) {
  appendStringInfo(query, "%s.%s OPERATOR(pg_catalog.=) $%d", alias, quote_identifier(name), parameter);
}

struct keys {
  Datum values[2];
  Oid types[2];
};

bool key_values(Oid table, const char *tenant_name, const char *user_name, const char *tenant, const char *user, keys *out) {
  return key_datum(type_of(table, tenant_name), tenant, &out->values[0], &out->types[0]) &&
         key_datum(type_of(table, user_name), user, &out->values[1], &out->types[1]);
}

// A query whose plan is kept: entering asks the same one every time.
struct kept_query {
  SPIPlanPtr plan = nullptr;
  char *text = nullptr;
  Oid types[2] = {};
};

void run_kept(kept_query *kept, const char *query, keys *with) {
  if (kept->plan != nullptr && (strcmp(kept->text, query) != 0 || memcmp(kept->types, with->types, sizeof kept->types) != 0)) {
    SPI_freeplan(kept->plan);
    pfree(kept->text);
    *kept = kept_query();
  }
  if (kept->plan == nullptr) {
    char *text = MemoryContextStrdup(TopMemoryContext, query);
    SPIPlanPtr fresh = SPI_prepare(query, 2, with->types);
    if (fresh == nullptr || SPI_keepplan(fresh) != 0) elog(ERROR, "could not prepare the query of membership");
    kept->plan = fresh;
    kept->text = text;
    memcpy(kept->types, with->types, sizeof kept->types);
  }
  if (SPI_execute_plan(kept->plan, with->values, nullptr, true, 0) != SPI_OK_SELECT) elog(ERROR, "could not ask for membership");
}

// The role of the rows found.  Duplicate memberships, where nothing forbids them: the
// least of the roles.
const char *least_role(MemoryContext to) {
  const char *least = nullptr;
  for (uint64 i = 0; i < SPI_processed; i++) {
    const char *name = SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1);
    if (name == nullptr) continue;
    const auto role = parse_role(name), known = least == nullptr ? std::nullopt : parse_role(least);
    if (least == nullptr || (role && (!known || *role < *known))) least = name;
  }
  return least == nullptr ? nullptr : MemoryContextStrdup(to, least);
}

void ask_role(const source &from, const char *tenant, const char *user, membership *answer, MemoryContext to) {
  const Oid table = resolve(from, relation_schema, relation_name);
  keys with;
  if (!key_values(table, from.text[tenant_column], from.text[user_column], tenant, user, &with)) return;
  type_of(table, from.text[role_column]);
  StringInfoData query;
  initStringInfo(&query);
  appendStringInfo(&query, "SELECT m.%s::pg_catalog.text FROM %s AS m", quote_identifier(from.text[role_column]),
                   quote_qualified_identifier(from.text[relation_schema], from.text[relation_name]));
  if (from.text[accounts_name] != nullptr) {
    const Oid accounts = resolve(from, accounts_schema, accounts_name);
    type_of(accounts, from.text[accounts_key_column]);
    type_of(accounts, from.text[accounts_status_column]);
    appendStringInfo(&query, " JOIN %s AS a ON a.%s OPERATOR(pg_catalog.=) m.%s AND a.%s::pg_catalog.text OPERATOR(pg_catalog.=) %s",
                     quote_qualified_identifier(from.text[accounts_schema], from.text[accounts_name]),
                     quote_identifier(from.text[accounts_key_column]), quote_identifier(from.text[tenant_column]),
                     quote_identifier(from.text[accounts_status_column]), quote_literal_cstr(from.text[accounts_active_status]));
  }
  appendStringInfoString(&query, " WHERE ");
  append_match(&query, "m", from.text[tenant_column], 1);
  appendStringInfoString(&query, " AND ");
  append_match(&query, "m", from.text[user_column], 2);
  static kept_query kept;
  run_kept(&kept, query.data, &with);
  answer->role = least_role(to);
  answer->member = answer->role != nullptr;
}

void ask_grants(const source &from, const char *tenant, const char *user, membership *answer, MemoryContext to) {
  if (from.text[grants_name] == nullptr) return;
  const Oid table = resolve(from, grants_schema, grants_name);
  type_of(table, from.text[grants_id_column]);
  keys with;
  if (!key_values(table, from.text[grants_tenant_column], from.text[grants_user_column], tenant, user, &with)) return;
  StringInfoData query;
  initStringInfo(&query);
  appendStringInfo(&query, "SELECT g.%s::pg_catalog.text FROM %s AS g WHERE ", quote_identifier(from.text[grants_id_column]),
                   quote_qualified_identifier(from.text[grants_schema], from.text[grants_name]));
  append_match(&query, "g", from.text[grants_tenant_column], 1);
  appendStringInfoString(&query, " AND ");
  append_match(&query, "g", from.text[grants_user_column], 2);
  static kept_query kept;
  run_kept(&kept, query.data, &with);
  answer->ids = static_cast<const char **>(MemoryContextAlloc(to, sizeof(char *) * (SPI_processed + 1)));
  for (uint64 i = 0; i < SPI_processed; i++) {
    const char *id = SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1);
    if (id != nullptr) answer->ids[answer->granted++] = MemoryContextStrdup(to, id);
  }
}

}  // namespace

membership ask_membership(const char *tenant, const char *user) {
  membership answer;
  const source from = read_source();
  if (!from.found) return answer;
  answer.asked = true;

  const MemoryContext caller = CurrentMemoryContext;
  Oid before;
  int security;
  GetUserIdAndSecContext(&before, &security);
  SetUserIdAndSecContext(BOOTSTRAP_SUPERUSERID, security | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
  if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "could not connect to the SQL manager");
  ask_role(from, tenant, user, &answer, caller);
  if (answer.member && strcmp(answer.role, "external_client") == 0) ask_grants(from, tenant, user, &answer, caller);
  SPI_finish();
  SetUserIdAndSecContext(before, security);
  return answer;
}

}  // namespace primecloud::tenant
