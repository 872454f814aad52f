// Functions of Citus that are for Citus itself, that anybody may call, and that believe what they are told (13.2,
// without this library too, and without a policy):
//  - worker_split_copy() that there is a shard to be split into, and worker_copy_table_to_node() that there is a table:
//    signal 11 ends the server where there is none;
//  - worker_change_sequence_dependency() that a relation belongs to another, whosever both are: who drops a table of
//    his own drops with it what hangs on it, another's TOAST table or sequence;
//  - delete_placement_metadata(), update_none_dist_table_metadata(), add_tenant_schema() and delete_tenant_schema() who
//    calls (the first two a session that names itself Citus', and any may): where a table's shards lie is forgotten,
//    and its rows are out of reach.
// Citus calls them as a superuser, but where a table that was Citus' own on one node becomes a distributed one, and for
// schemas of one tenant each.  Whoever is none does not.
#include "pg/named_functions.hpp"
#include "pg/startup.hpp"
#include "tenant/cluster.hpp"

extern "C" {
#include "access/transam.h"
#include "catalog/objectaccess.h"
#include "miscadmin.h"
}

namespace primecloud::tenant {
namespace {

constexpr std::array of_citus_itself{
    pg::function_name{"pg_catalog", "worker_split_copy"},
    pg::function_name{"pg_catalog", "worker_copy_table_to_node"},
    pg::function_name{"pg_catalog", "worker_change_sequence_dependency"},
    pg::function_name{"citus_internal", "delete_placement_metadata"},
    pg::function_name{"pg_catalog", "citus_internal_delete_placement_metadata"},
    pg::function_name{"citus_internal", "update_none_dist_table_metadata"},
    pg::function_name{"pg_catalog", "citus_internal_update_none_dist_table_metadata"},
    pg::function_name{"citus_internal", "add_tenant_schema"},
    pg::function_name{"pg_catalog", "citus_internal_add_tenant_schema"},
    pg::function_name{"citus_internal", "delete_tenant_schema"},
    pg::function_name{"pg_catalog", "citus_internal_delete_tenant_schema"},
};
pg::named_functions functions{of_citus_itself};

object_access_hook_type access_behind = nullptr;

SERVER_CODE void call(ObjectAccessType access, Oid catalog, Oid object, int part, void *more) {
  if (access_behind != nullptr) access_behind(access, catalog, object, part, more);
  if (access != OAT_FUNCTION_EXECUTE || object < FirstNormalObjectId || !citus_is_loaded() || superuser()) return;
  if (const pg::function_name *of = functions.find(object); of != nullptr)
    ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
            errmsg("only superusers call %s.%s()", of->schema, of->name),
            errhint("It is for Citus itself, and believes what it is told: it may end the server, or lose rows."));
}

SERVER_CODE void watch_functions_of_citus() {
  access_behind = object_access_hook;
  object_access_hook = call;
  functions.watch();
}
const pg::startup watching_functions_of_citus{watch_functions_of_citus};

}  // namespace
}  // namespace primecloud::tenant
