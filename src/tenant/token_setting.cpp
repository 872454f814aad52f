// The setting primecloud.token: SET LOCAL, or set_config(..., true), enters as enter(token) does, for clients that have
// no way to call a function first.
//
// It holds nothing.  Its check hook enters, and leaves the empty string in the place of the token, so that neither SHOW
// nor RESET nor a parallel worker has any of it.  It acts for a statement of the session in a transaction alone, and
// nowhere else: a setting of a role, a database, a function or a connection would be a password that stays.
#include <sodium.h>

#include "pg/boundary.hpp"
#include "pg/server_version_settings.hpp"
#include "pg/startup.hpp"
#include "tenant/enter_token.hpp"

extern "C" {
#include "access/parallel.h"
#include "access/xact.h"
#include "tcop/tcopprot.h"
}

namespace primecloud::tenant {
namespace {

constexpr char name[] = "primecloud.token";
constexpr char hint[] = "After BEGIN: SET LOCAL primecloud.token, or set_config('primecloud.token', $1, true).";
char *nothing = nullptr;
bool defined = false;
void *entered = nullptr;  // what the check hook has left for the assign hook, which comes next

SERVER_CODE bool refuse(const char *why_not) {
  GUC_check_errcode(ERRCODE_CANT_CHANGE_RUNTIME_PARAM);
  GUC_check_errmsg("primecloud.token is for one transaction and is not kept");
  GUC_check_errhint("%s", why_not);
  return false;
}

// Whatever was set before the library was there has been stored by then, unverified.
SERVER_CODE bool may_enter(GucSource source) {
  if (!defined) return refuse("Load the library before: ALTER ROLE ... SET session_preload_libraries = 'primecloud'.");
  if (source == PGC_S_SESSION && IsTransactionState() && !IsInParallelMode() && !IsParallelWorker()) return true;
  return refuse(hint);
}

SERVER_CODE bool forget(char **token) {
  auto *empty = static_cast<char *>(pg::allocate_for_setting(1));
  if (empty == nullptr) return false;
  *empty = '\0';
  sodium_memzero(*token, strlen(*token));
  pg::free_of_setting(*token);
  *token = empty;
  return true;
}

SERVER_CODE bool check(char **value, void **extra, GucSource source) noexcept {
  entered = nullptr;
  if (*value == nullptr) return true;
  // What it is without anybody's doing, and what a worker is handed.
  if (**value == '\0' && (source == PGC_S_DEFAULT || InitializingParallelWorker)) return true;
  if (debug_query_string != nullptr) hide_statement();
  if (!may_enter(source)) return false;
  // The server frees no value of a setting whose hook raises: what it would keep is empty by then.
  char *token = pstrdup(*value);
  if (!forget(value)) return false;
  pg::boundary([&] { enter_token(token); });
  sodium_memzero(token, strlen(token));
  *extra = entered = pg::allocate_for_setting(1);
  return entered != nullptr;
}

// Only here it is known how the value is to hold.  (At the end of a transaction or a function, too, values are
// assigned: not the one that has just been checked.)
SERVER_CODE void take(const char *, void *extra) {
  const bool now = extra != nullptr && extra == entered;
  entered = nullptr;
  if (!now || pg::is_set_locally(pg::find_setting(name))) return;
  ereport(ERROR, errcode(ERRCODE_CANT_CHANGE_RUNTIME_PARAM),
          errmsg("primecloud.token is for one transaction and is not kept"), errhint("%s", hint), errhidestmt(true),
          errhidecontext(true));
}

SERVER_CODE void define_token_setting_settings() {
  DefineCustomStringVariable(name, "Enters the account of a token for the rest of the transaction.",
                             "SET LOCAL only; it is verified, and not kept.", &nothing, "", PGC_USERSET,
                             GUC_NO_SHOW_ALL | GUC_NOT_IN_SAMPLE, check, take, nullptr);
  defined = true;
}
const pg::startup token_setting_settings{define_token_setting_settings};

}  // namespace
}  // namespace primecloud::tenant
