#include "secret/registration.hpp"

#include "pg/table.hpp"

extern "C" {
#include "catalog/partition.h"
}

namespace primecloud::secret {
namespace {

enum column { schema_name, table_name, column_name, label, tenant_column, id_column, columns };

SERVER_CODE Oid root_of(Oid table) {
  while (get_rel_relispartition(table)) table = get_partition_parent(table, true);
  return table;
}

void copy_name(NameData &to, std::string_view from) {
  memset(&to, 0, sizeof to);
  from.copy(NameStr(to), NAMEDATALEN - 1);
}

}  // namespace

void find_registration(Oid table, const char *wanted, registration &out) {
  const Oid root = root_of(table);
  const char *relation = get_rel_name(root);
  const char *space = relation == nullptr ? nullptr : get_namespace_name(get_rel_namespace(root));
  bool found = false;
  if (space != nullptr) {
    pg::for_each_row<columns>(pg::extension_table("sealed_column"), [&](Datum *values, bool *) {
      if (pg::text_in(values[column_name]) != wanted || pg::text_in(values[table_name]) != relation ||
          pg::text_in(values[schema_name]) != space)
        return;
      const std::string_view name = pg::text_in(values[label]);
      out.label_size = name.copy(out.label, sizeof out.label);
      copy_name(out.id_column, pg::text_in(values[id_column]));
      copy_name(out.tenant_column, pg::text_in(values[tenant_column]));
      found = true;
    });
  }
  AttrNumber number = InvalidAttrNumber;
  if (found) number = get_attnum(root, NameStr(out.id_column));
  if (number == InvalidAttrNumber) {
    ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT),
            errmsg("column \"%s\" of %s is not registered as sealed", wanted,
                   relation == nullptr ? "a table that is gone" : relation),
            errhint("Call primecloud.seal_column() first."), errhidestmt(true), errhidecontext(true));
  }
  out.table = table;
  namestrcpy(&out.column, wanted);
  out.id_type = getBaseType(get_atttype(root, number));
}

}  // namespace primecloud::secret
