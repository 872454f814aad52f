// registrations_moved(): whether a table or a column that is known is called otherwise by now, is somebody
// else's, has another type, is part of another table, or is gone.  This is asked around every command that
// changes a table: the server's caches answer, and no query is planned.  (Children that are no partitions
// may have several parents; a query looks at those.)
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/role_name.hpp"
#include "pg/table.hpp"

extern "C" {
#include "catalog/partition.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "utils/syscache.h"
}

namespace primecloud::registration {
namespace {

SERVER_CODE bool is_named(const char *name, Datum known) {
  return name != nullptr && std::string_view(name) == pg::text_in(known);
}

SERVER_CODE bool is_elsewhere(Oid table, Oid root, bool is_partition) {
  if (!is_partition) return root == table ? has_superclass(table) : !has_superclass(table);
  while (is_partition) {
    table = get_partition_parent(table, true);
    is_partition = get_rel_relispartition(table);
  }
  return table != root;
}

// Of a row of known_table.
SERVER_CODE bool has_moved(const Datum *known) {
  const Oid table = DatumGetObjectId(known[0]);
  const HeapTuple tuple = SearchSysCache1(RELOID, known[0]);
  if (!HeapTupleIsValid(tuple)) return true;
  const auto *now = reinterpret_cast<const FormData_pg_class *>(GETSTRUCT(tuple));
  const bool moved = now->reltype != DatumGetObjectId(known[1]) ||
                     is_elsewhere(table, DatumGetObjectId(known[2]), now->relispartition) ||
                     !is_named(get_namespace_name(now->relnamespace), known[3]) ||
                     !is_named(NameStr(now->relname), known[4]) || !is_named(pg::role_name(now->relowner), known[5]) ||
                     now->relowner != DatumGetObjectId(known[6]);
  ReleaseSysCache(tuple);
  return moved;
}

// Of a row of known_column.  One that was dropped keeps its number, under a name of the server's.
SERVER_CODE bool has_changed(const Datum *known) {
  const HeapTuple tuple = SearchSysCache2(ATTNUM, known[0], known[1]);
  if (!HeapTupleIsValid(tuple)) return false;  // with its table, of which the other rows tell
  const auto *now = reinterpret_cast<const FormData_pg_attribute *>(GETSTRUCT(tuple));
  const bool is_as_known = now->atttypid == DatumGetObjectId(known[3]) && now->atttypmod == DatumGetInt32(known[5]) &&
                           now->attcollation == DatumGetObjectId(known[6]);
  const bool changed = !is_named(NameStr(now->attname), known[2]) || (!now->attisdropped && !is_as_known);
  ReleaseSysCache(tuple);
  return changed;
}

SERVER_CODE bool moved() noexcept {
  bool found = false;
  pg::for_each_row<7>(pg::internal_table("known_table"),
                      [&](const Datum *known, const bool *) { found = found || has_moved(known); });
  pg::for_each_row<7>(pg::internal_table("known_column"),
                      [&](const Datum *known, const bool *) { found = found || has_changed(known); });
  return found;
}

// Of a row of known_table: parts of it may have come or gone, which has_moved does not tell.
SERVER_CODE bool may_have_parts(const Datum *known) {
  const HeapTuple tuple = SearchSysCache1(RELOID, known[0]);
  if (!HeapTupleIsValid(tuple)) return true;
  const auto *now = reinterpret_cast<const FormData_pg_class *>(GETSTRUCT(tuple));
  const bool may = now->relhassubclass || (!now->relispartition && known[0] != known[2]);
  ReleaseSysCache(tuple);
  return may;
}

SERVER_CODE bool have_parts() noexcept {
  bool found = false;
  pg::for_each_row<6>(pg::internal_table("known_table"),
                      [&](const Datum *known, const bool *) { found = found || may_have_parts(known); });
  return found;
}

}  // namespace
}  // namespace primecloud::registration

PRIMECLOUD_FUNCTION(primecloud_registrations_moved, primecloud::registration::moved);
PRIMECLOUD_FUNCTION(primecloud_registrations_have_parts, primecloud::registration::have_parts);
