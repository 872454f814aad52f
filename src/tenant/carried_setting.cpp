// The setting primecloud.carried: a context that was entered on one node comes by it to those that hold rows.  Anybody
// may set it; nobody can make what it takes (core/tenant/carried.hpp).
//
// Like primecloud.token it holds nothing: its check hook reads the text, makes the context, and leaves the empty
// string.  It takes a text in a backend that Citus made for the very session the text names, in a statement of a live
// transaction, by SET LOCAL; everywhere else each is refused, on the coordinator too, so that nobody sends there what
// he has caught elsewhere.
#include "tenant/carried_setting.hpp"

#include <sodium.h>

#include "pg/server_version_settings.hpp"
#include "pg/startup.hpp"
#include "tenant/arriving.hpp"
#include "tenant/cluster.hpp"
#include "tenant/repeated_set.hpp"

extern "C" {
#include "access/parallel.h"
#include "access/xact.h"
#include "pgstat.h"
#include "tcop/tcopprot.h"
}

namespace primecloud::tenant {
namespace {

constexpr char name[] = "primecloud.carried";
char *nothing = nullptr;
bool ready = false;
bool renamed = false;
void *taken = nullptr;  // what the check hook has left for the assign hook, which comes next

SERVER_CODE bool refuse_setting(const char *why_not) {
  GUC_check_errcode(ERRCODE_CANT_CHANGE_RUNTIME_PARAM);
  GUC_check_errmsg("primecloud.carried is set by primecloud itself");
  GUC_check_errhint("%s", why_not);
  return false;
}

// Whatever was set before the library was there has been stored by then, unread.
SERVER_CODE bool may_take(GucSource source) {
  if (!ready) return refuse_setting("Load the library before: shared_preload_libraries = 'citus, primecloud'.");
  const bool by_citus = asking_session() != 0 && !renamed;
  const bool now = source == PGC_S_SESSION && IsTransactionState() && !IsInParallelMode() && !IsParallelWorker();
  if (by_citus && now) return true;
  return refuse_setting("Enter with primecloud.enter(token) on the coordinator: the context goes along by itself.");
}

SERVER_CODE bool leave_nothing(char **value) {
  auto *empty = static_cast<char *>(pg::allocate_for_setting(1));
  if (empty == nullptr) return false;
  *empty = '\0';
  sodium_memzero(*value, strlen(*value));
  pg::free_of_setting(*value);
  *value = empty;
  return true;
}

SERVER_CODE bool check(char **value, void **extra, GucSource source) noexcept {
  taken = nullptr;
  if (*value == nullptr) return true;
  // What it is without anybody's doing, and what a parallel worker is handed.
  if (**value == '\0' && (source == PGC_S_DEFAULT || InitializingParallelWorker)) return true;
  if (is_being_sent(*value)) return leave_nothing(value);
  if (debug_query_string != nullptr) hide_context_text();
  if (!may_take(source)) return false;
  // The server frees no value of a setting whose hook raises: what it would keep is empty by then.
  char *text = pstrdup(*value);
  if (!leave_nothing(value)) return false;
  // (Citus connects to the coordinator as well, for what every node is sent.  It holds no rows of accounts, and who
  // logs in there may call himself what he likes: nobody is entered by it.)
  if (is_worker()) take_carried(text);
  pfree(text);
  *extra = taken = pg::allocate_for_setting(1);
  return taken != nullptr;
}

// Only here it is known how the value is to hold.
SERVER_CODE void take(const char *, void *extra) {
  const bool just_checked = extra != nullptr && extra == taken;
  taken = nullptr;
  if (!just_checked) return;
  static const config_generic *const here = pg::find_setting(name);
  if (pg::is_set_locally(here)) return;
  ereport(ERROR, errcode(ERRCODE_CANT_CHANGE_RUNTIME_PARAM), errmsg("primecloud.carried is for one transaction"),
          errhint("It is set by primecloud itself."), errhidestmt(true), errhidecontext(true));
}

SERVER_CODE void define_carried_setting() {
  DefineCustomStringVariable(name, "The tenant context as another node of a cluster sends it.",
                             "Set by primecloud itself; it is verified, and not kept.", &nothing, "", PGC_USERSET,
                             GUC_NO_SHOW_ALL | GUC_NOT_IN_SAMPLE, check, take, nullptr);
  ready = true;
}
const pg::startup carried_setting{define_carried_setting};

}  // namespace

void hide_context_text() {
  debug_query_string = "<statement with a tenant context>";
  pgstat_report_activity(STATE_RUNNING, debug_query_string);
}

void note_renamed(const VariableSetStmt *set) {
  if (set->name != nullptr && !set->is_local && pg_strcasecmp(set->name, "application_name") == 0) renamed = true;
}

void hide_carried() {
  if (debug_query_string != nullptr && asking_session() != 0 && strstr(debug_query_string, name) != nullptr)
    hide_context_text();
}

}  // namespace primecloud::tenant
