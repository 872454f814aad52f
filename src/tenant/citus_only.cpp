// Functions of Citus that are for Citus itself, that anybody may call, and that believe what they are told (13.2,
// without this library too, and without a policy):
//  - worker_split_copy() that there is a shard to be split into, and worker_copy_table_to_node() that there is a table:
//    signal 11 ends the server where there is none;
//  - worker_change_sequence_dependency() that a relation belongs to another, whosever both are: who drops a table of
//  his
//    own drops with it what hangs on it, another's TOAST table or sequence;
//  - delete_placement_metadata(), update_none_dist_table_metadata(), add_object_metadata(), add_tenant_schema() and
//    delete_tenant_schema() who calls (the first three a session that names itself Citus', and any may): where a
//    table's shards lie is forgotten, and its rows are out of reach.
// Citus calls them as a superuser, but where a table that was Citus' own on one node becomes a distributed one, and for
// schemas of one tenant each.  Whoever is none does not.
#include "pg/postgres.hpp"
#include "pg/startup.hpp"
#include "tenant/cluster.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

extern "C" {
#include "access/transam.h"
#include "catalog/namespace.h"
#include "catalog/objectaccess.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "miscadmin.h"
#include "utils/catcache.h"
#include "utils/inval.h"
#include "utils/syscache.h"
}

namespace primecloud::tenant {
namespace {

struct citus_function {
  const char *name;
  const char *consequence;
};
constexpr const char *ends = "may end the server";
constexpr const char *forgets = "may take the rows of others out of reach";
constexpr std::array of_citus_itself{
    citus_function{"worker_split_copy", ends},
    citus_function{"worker_copy_table_to_node", ends},
    citus_function{"worker_change_sequence_dependency", forgets},
    citus_function{"delete_placement_metadata", forgets},
    citus_function{"citus_internal_delete_placement_metadata", forgets},
    citus_function{"update_none_dist_table_metadata", forgets},
    citus_function{"citus_internal_update_none_dist_table_metadata", forgets},
    citus_function{"add_tenant_schema", forgets},
    citus_function{"citus_internal_add_tenant_schema", forgets},
    citus_function{"delete_tenant_schema", forgets},
    citus_function{"citus_internal_delete_tenant_schema", forgets},
};

object_access_hook_type access_behind = nullptr;

// Which they are, of whatever arguments, until a function or a schema changes.
struct {
  std::uint64_t changes = 1;
  std::uint64_t known_at = 0;
  std::size_t count = 0;
  std::array<std::pair<Oid, const citus_function *>, 2 * of_citus_itself.size()> each;
} known;

SERVER_CODE void look_up(const citus_function &of, Oid schema_of_citus) {
  CatCList *named = SearchSysCacheList1(PROCNAMEARGSNSP, CStringGetDatum(of.name));
  for (int i = 0; i < named->n_members && known.count < known.each.size(); i++) {
    const auto *function = reinterpret_cast<Form_pg_proc>(GETSTRUCT(&named->members[i]->tuple));
    const Oid schema = function->pronamespace;
    if (schema == PG_CATALOG_NAMESPACE || schema == schema_of_citus) known.each[known.count++] = {function->oid, &of};
  }
  ReleaseSysCacheList(named);
}

SERVER_CODE void look_all_up() {
  const std::uint64_t now = known.changes;
  const Oid schema = get_namespace_oid("citus_internal", true);
  known.count = 0;
  for (const citus_function &of : of_citus_itself) look_up(of, schema);
  known.known_at = now;
}

SERVER_CODE const citus_function *for_citus_itself(Oid function) {
  if (known.known_at != known.changes) look_all_up();
  for (std::size_t i = 0; i < known.count; i++) {
    if (known.each[i].first == function) return known.each[i].second;
  }
  return nullptr;
}

SERVER_CODE void call(ObjectAccessType access, Oid catalog, Oid object, int part, void *more) {
  if (access_behind != nullptr) access_behind(access, catalog, object, part, more);
  if (access != OAT_FUNCTION_EXECUTE || object < FirstNormalObjectId || !citus_is_loaded() || superuser()) return;
  if (const citus_function *of = for_citus_itself(object); of != nullptr)
    ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("only superusers call %s()", of->name),
            errhint("It is for Citus itself, and %s.", of->consequence));
}

SERVER_CODE void watch_functions_of_citus() {
  access_behind = object_access_hook;
  object_access_hook = call;
  const auto changed = [](Datum, int, uint32) noexcept { known.changes++; };
  CacheRegisterSyscacheCallback(PROCOID, changed, Datum{0});
  CacheRegisterSyscacheCallback(NAMESPACEOID, changed, Datum{0});
}
const pg::startup watching_functions_of_citus{watch_functions_of_citus};

}  // namespace
}  // namespace primecloud::tenant
