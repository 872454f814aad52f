#include "tenant/cluster.hpp"

#include "pg/cached_table.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/startup.hpp"
#include "pg/table.hpp"

extern "C" {
#include "catalog/pg_namespace.h"
#include "commands/dbcommands.h"
#include "miscadmin.h"
#include "parser/parse_func.h"
#include "utils/guc_tables.h"
#include "utils/inval.h"
#include "utils/syscache.h"
}

namespace primecloud::tenant {
namespace {

constexpr std::string_view made_by_citus = "citus_internal gpid=";

// The whole name, and no more: Citus itself reads a number and passes over what follows.
std::uint64_t session_in(std::string_view name) noexcept {
  if (!name.starts_with(made_by_citus)) return 0;
  name.remove_prefix(made_by_citus.size());
  if (name.empty() || name.size() > 19) return 0;
  std::uint64_t number = 0;
  for (const char digit : name) {
    if (digit < '0' || digit > '9') return 0;
    number = number * 10 + static_cast<std::uint64_t>(digit - '0');
  }
  return number;
}

SERVER_CODE Oid citus_table(const char *name) { return get_relname_relid(name, PG_CATALOG_NAMESPACE); }

SERVER_CODE bool is_in_another_group() {
  const Oid groups = citus_table("pg_dist_local_group");
  bool other = false;
  if (OidIsValid(groups))
    pg::for_each_row<1>(groups, pg::snapshot_of_now(groups), [&](const Datum *values, const bool *nulls) {
      other = other || (!nulls[0] && DatumGetInt32(values[0]) != 0);
    });
  return other;
}

std::uint64_t function_changes = 1;

// Of Citus; InvalidOid in a database without it.  (What stands in pg_catalog a superuser has put there.)
SERVER_CODE Oid function_of_session() {
  static std::uint64_t known_at = 0;
  static Oid known = InvalidOid;
  if (known_at == function_changes) return known;
  const std::uint64_t before = function_changes;
  char schema[] = "pg_catalog", name[] = "citus_backend_gpid";
  known = LookupFuncName(list_make2(makeString(schema), makeString(name)), 0, nullptr, true);
  known_at = before;
  return known;
}

SERVER_CODE void watch_functions() {
  CacheRegisterSyscacheCallback(
      PROCOID, [](Datum, int, uint32) noexcept { function_changes++; }, Datum{0});
}
const pg::startup watching_functions{watch_functions};

}  // namespace

// Citus is loaded with the server or not at all, so a backend asks once.
bool citus_is_loaded() {
  static bool known = false, loaded = false;
  if (known) return loaded;
  constexpr char its_own[] = "citus.propagate_set_commands";
  loaded = GetConfigOption(its_own, true, false) != nullptr &&
           (GetConfigOptionFlags(its_own, true) & GUC_CUSTOM_PLACEHOLDER) == 0;
  known = loaded || IsNormalProcessingMode();
  return loaded;
}

// What RESET would bring back is what the connection began with.  (The Port that has it too is in a header that wants
// Kerberos'.)
std::uint64_t asking_session() {
  static bool known = false;
  static std::uint64_t session = 0;
  if (!known && IsNormalProcessingMode()) {
    const char *name = GetConfigOptionResetString("application_name");
    session = name == nullptr ? 0 : session_in(name);
    known = true;
  }
  return session != 0 && citus_is_loaded() ? session : 0;
}

// By the group that Citus counts this node in; the coordinator's is 0.  Citus tells of a change as one of the table
// itself.
bool is_worker() {
  static std::uint64_t known_at = 0;
  static bool known = false, worker = false;
  if (known && known_at == pg::relation_changes()) return worker;
  const std::uint64_t before = pg::relation_changes();
  worker = is_in_another_group();
  known = true;
  known_at = before;
  return worker;
}

std::uint64_t own_session() {
  const Oid function = function_of_session();
  return OidIsValid(function) ? static_cast<std::uint64_t>(DatumGetInt64(OidFunctionCall0(function))) : 0;
}

// Nobody renames a database while somebody is connected to it.
const char *own_database() {
  static char name[NAMEDATALEN] = "";
  if (name[0] == '\0') strlcpy(name, get_database_name(MyDatabaseId), sizeof name);
  return name;
}

bool is_elsewhere() { return citus_is_loaded() && (asking_session() != 0 || is_worker()); }

void check_enters_here() {
  if (!is_elsewhere()) return;
  ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
          errmsg("a tenant is entered on the coordinator, and this is another node"),
          errhint("Connect to the coordinator, and enter there: the context goes along to where the rows are."),
          errhidestmt(true), errhidecontext(true));
}

bool anything_is_distributed() {
  const Oid list = citus_table("pg_dist_partition");
  bool any = false;
  if (OidIsValid(list)) pg::for_each_slot(list, pg::snapshot_of_now(list), [&](TupleTableSlot *) { any = true; });
  return any;
}

}  // namespace primecloud::tenant
