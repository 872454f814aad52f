// assume: an operator of the platform enters one account, and leaves a trace of it.
#include "core/json/writer.hpp"
#include "pg/audit.hpp"
#include "pg/c_string.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/role_name.hpp"
#include "pg/string_info.hpp"
#include "tenant/claim.hpp"
#include "tenant/validity.hpp"

extern "C" {
#include "access/xact.h"
#include "utils/acl.h"
}

namespace {
using namespace primecloud;

constexpr size_t longest_reason = 1000;

// Who asks: the role that connected, and the one that SET ROLE chose where it differs.
SERVER_CODE const char *operator_name() {
  const char *session = pg::role_name(GetSessionUserId());
  const Oid chosen = GetOuterUserId();
  return chosen == GetSessionUserId() ? session : psprintf("%s as %s", session, pg::role_name(chosen));
}

SERVER_CODE pg::nothing assume(std::optional<std::string_view> account, std::optional<std::string_view> why) noexcept {
  if (!account || !why) {
    ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("the %s is NULL", account ? "reason" : "account"),
            errhint("Name the account that is entered, and say why."));
  }
  const std::string_view tenant = *account, reason = *why;
  bool says_something = false;
  for (const char c : reason) says_something |= c != ' ' && c != '\t' && c != '\n' && c != '\r';
  if (!says_something || reason.size() > longest_reason) {
    ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
            errmsg(says_something ? "the reason is longer than %zu bytes" : "the reason is empty", longest_reason),
            errhint("Say why the account is entered: it is kept in the audit record."));
  }
  tenant::claim who;
  who.tenant = pg::c_string(tenant);
  who.user = operator_name();
  who.role = "owner";
  who.assumed = true;
  who.known = tenant::changes_until_now();
  tenant::enter_claim(who);  // refuses first: what did not happen leaves no record

  StringInfoData record;
  initStringInfo(&record);
  json_writer json(pg::into(&record));
  json.open('{');
  json.text("action", "assume");
  json.text("tenant", who.tenant);
  json.text("operator", who.user);
  json.text("reason", reason);
  json.number("backend", MyProcPid);
  json.close('}');
  pg::record_beyond_rollback(record.data);
  return {};
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_assume, assume);
