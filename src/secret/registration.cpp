#include "secret/registration.hpp"

#include "pg/role_name.hpp"
#include "pg/table.hpp"

extern "C" {
#include "catalog/partition.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/syscache.h"
}

namespace primecloud::secret {
namespace {

enum column { schema_name, table_name, column_name, label, tenant_column, id_column, sealed_at, owner_name, columns };

// The names under which a table is registered: as primecloud_internal.known_table has them, or its own where nobody has
// looked since a restore and no other table is known by them.
struct registered_names {
  char *space = nullptr, *table = nullptr;
  bool known = false, taken = false;
};

// primecloud_internal.known_table, as far as it is read here.
enum known_column { relation, row_type, root, known_schema, known_name, known_columns };

SERVER_CODE registered_names names_of(Oid table) {
  registered_names found;
  const Oid type = get_rel_type_id(table), known = pg::internal_table("known_table");
  const char *name = get_rel_name(table);
  if (name == nullptr) return found;
  found.table = pstrdup(name);
  found.space = get_namespace_name(get_rel_namespace(table));
  if (!OidIsValid(known)) return found;
  const MemoryContext here = CurrentMemoryContext;
  registered_names kept;
  pg::for_each_row<known_columns>(known, [&](Datum *values, bool *) {
    if (DatumGetObjectId(values[relation]) == table && DatumGetObjectId(values[row_type]) == type) {
      const MemoryContext before = MemoryContextSwitchTo(here);
      kept.space = TextDatumGetCString(values[known_schema]);
      kept.table = TextDatumGetCString(values[known_name]);
      kept.known = true;
      MemoryContextSwitchTo(before);
    } else if (pg::text_in(values[known_name]) == found.table && pg::text_in(values[known_schema]) == found.space) {
      found.taken = true;
    }
  });
  return kept.known ? kept : found;
}

// Where the table is not known, its owner must be the one that the registration names.
SERVER_CODE bool may_be_owner(std::string_view registered, Oid table) {
  HeapTuple row = SearchSysCache1(RELOID, ObjectIdGetDatum(table));
  if (!HeapTupleIsValid(row)) return false;
  const Oid owner = reinterpret_cast<Form_pg_class>(GETSTRUCT(row))->relowner;
  ReleaseSysCache(row);
  return superuser_arg(owner) || registered == pg::role_name(owner);
}

SERVER_CODE Oid root_of(Oid table) {
  while (get_rel_relispartition(table)) table = get_partition_parent(table, true);
  return table;
}

void copy_name(NameData &to, std::string_view from) {
  memset(&to, 0, sizeof to);
  from.copy(NameStr(to), NAMEDATALEN - 1);
}

// Calls visit(values) for each registration of a table, which is the root of its partitions.
template <class F>
SERVER_CODE void for_each_registration(Oid root, F &&visit) {
  const registered_names names = names_of(root);
  if (names.space == nullptr || names.taken) return;
  pg::for_each_row<columns>(pg::extension_table("sealed_column"), [&](Datum *values, bool *) {
    if (pg::text_in(values[table_name]) != names.table || pg::text_in(values[schema_name]) != names.space) return;
    if (!names.known && !may_be_owner(pg::text_in(values[owner_name]), root)) return;
    visit(values);
  });
}

SERVER_CODE void take(Datum *values, registration &out) {
  const std::string_view name = pg::text_in(values[label]);
  out.label_size = name.copy(out.label, sizeof out.label);
  copy_name(out.column, pg::text_in(values[column_name]));
  copy_name(out.id_column, pg::text_in(values[id_column]));
  copy_name(out.tenant_column, pg::text_in(values[tenant_column]));
}

}  // namespace

int find_registrations(Oid table, registration **out) {
  int count = 0, room = 4;
  auto *found = static_cast<registration *>(palloc0(sizeof(registration) * static_cast<size_t>(room)));
  for_each_registration(root_of(table), [&](Datum *values) {
    if (count == room)
      found = static_cast<registration *>(repalloc(found, sizeof(registration) * static_cast<size_t>(room *= 2)));
    found[count] = registration{};
    found[count].table = table;
    take(values, found[count++]);
  });
  *out = found;
  return count;
}

void find_registration(Oid table, const char *wanted, registration &out) {
  const Oid root = root_of(table);
  const char *relation = get_rel_name(root);
  bool found = false;
  for_each_registration(root, [&](Datum *values) {
    if (pg::text_in(values[column_name]) != wanted) return;
    take(values, out);
    found = true;
  });
  AttrNumber number = InvalidAttrNumber;
  if (found) number = get_attnum(root, NameStr(out.id_column));
  if (number == InvalidAttrNumber) {
    ereport(
        ERROR, errcode(ERRCODE_UNDEFINED_OBJECT),
        errmsg("column \"%s\" of %s is not registered as sealed", wanted,
               relation == nullptr ? "a table that is gone" : relation),
        errhint(
            "Call primecloud.seal_column() first; primecloud.registrations has the labels of columns that are gone."),
        errhidestmt(true), errhidecontext(true));
  }
  out.table = table;
  namestrcpy(&out.column, wanted);
  out.id_type = getBaseType(get_atttype(root, number));
}

}  // namespace primecloud::secret
