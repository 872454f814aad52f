// Citus knows its own sessions by what they call themselves: "citus_internal gpid=..." names the session that one works
// for.  Whoever is no superuser calls no session so once it is there.  Citus would take that number for this session's
// own, and keep it when the name is taken back: what is entered here would be bound to another session for good,
// whoever is given the session next by a pooler.
#include "pg/server_version_settings.hpp"
#include "pg/startup.hpp"
#include "tenant/cluster.hpp"

extern "C" {
#include "access/parallel.h"
#include "access/xact.h"
#include "miscadmin.h"
}

namespace primecloud::tenant {
namespace {

GucStringCheckHook check_behind = nullptr;

// What Citus looks for: how such a name begins, and how it goes on.
bool is_internal(std::string_view name) noexcept {
  return name.starts_with("citus_") && name.find(" gpid=") != std::string_view::npos;
}

// (At a login a name may be such: the session is of another node then, and enters nobody.  Citus calls those by other
// such names as it goes.)
SERVER_CODE bool is_chosen_now(GucSource source) {
  if (source != PGC_S_SESSION && source != PGC_S_TEST) return false;
  return IsTransactionState() && !InitializingParallelWorker && asking_session() == 0;
}

SERVER_CODE bool check(char **value, void **extra, GucSource source) {
  if (*value != nullptr && is_internal(*value) && is_chosen_now(source) && citus_is_loaded() && !superuser()) {
    GUC_check_errcode(ERRCODE_INSUFFICIENT_PRIVILEGE);
    GUC_check_errmsg("application_name begins as those of Citus' own sessions do");
    GUC_check_errhint("Choose one that does not begin with citus_.");
    return false;
  }
  return check_behind == nullptr || check_behind(value, extra, source);
}

// (Settings of the server are where they are: what find_setting() gives of them may be written.)
SERVER_CODE void watch_internal_names() {
  auto *setting = const_cast<config_generic *>(pg::find_setting("application_name"));
  if (setting == nullptr || setting->vartype != PGC_STRING) return;
  auto *name = reinterpret_cast<config_string *>(setting);
  check_behind = name->check_hook;
  name->check_hook = check;
}
const pg::startup watching_internal_names{watch_internal_names};

}  // namespace
}  // namespace primecloud::tenant
