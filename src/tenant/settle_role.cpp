#include "tenant/settle_role.hpp"

#include "core/tenant/identity.hpp"
#include "core/tenant/role.hpp"

namespace primecloud::tenant {
namespace {

[[noreturn]] SERVER_CODE void refuse(const claim &who, const char *what, const char *hint) {
  if (who.uniform) refuse_token(what);
  ereport(ERROR, errcode(ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION), errmsg("%s", what), errhint("%s", hint));
  pg_unreachable();
}

// Whoever is trusted to say who enters is told what does not hold; of a token the log alone.
[[noreturn]] SERVER_CODE void refuse_membership(const claim &who, const membership &found) {
  if (who.tenant_is_number)
    refuse_token(
        psprintf("%s; its number is no account where keys are text or uuid: the issuer has to sign them as text",
                 found.why_not));
  if (who.uniform) refuse_token(found.why_not);
  refuse(who, psprintf("%s: user \"%s\", account \"%s\"", found.why_not, who.user, who.tenant),
         "Pass the key of an active account and the id of a user of it, both as the registered tables have them; "
         "what is not committed by others is not seen.");
}

}  // namespace

void refuse_token(const char *log_detail) {
  // What exactly was wrong is for the server's log, and never for the caller.
  ereport(
      ERROR, errcode(ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION), errmsg("invalid token"),
      errdetail_log("%s", log_detail),
      errhint("The server's log has the reason, as this error's DETAIL. If it lies in the token, ask the issuer for "
              "a new one."),
      errhidestmt(true), errhidecontext(true));
  pg_unreachable();
}

void check_text(const claim &who, const char *name, const char *value) {
  const size_t size = strlen(value);
  const char *hint = "Pass the account's key and the user's id as text.";
  if (size == 0) refuse(who, psprintf("the %s is empty", name), hint);
  if (size > longest_identifier)
    refuse(who, psprintf("the %s is longer than %zu bytes", name, longest_identifier), hint);
}

const char *settle_role(const claim &who, const membership &found) {
  if (who.role != nullptr && !parse_role(who.role)) {
    refuse(who, psprintf("unknown role: \"%s\"", who.role),
           "The roles are external_client, developer, admin and owner.");
  }
  if (who.assumed || !found.asked) {
    if (who.role == nullptr)
      refuse(who, "no role is given, and no membership table is registered",
             "Pass a role, or call primecloud.register_membership().");
    return who.role;
  }
  if (!found.member) refuse_membership(who, found);
  const auto held = parse_role(found.role);
  if (!held)
    refuse(who, psprintf("the membership table holds an unknown role: \"%s\"", found.role),
           "The roles are external_client, developer, admin and owner.");
  if (who.role == nullptr) return found.role;
  if (*parse_role(who.role) > *held)
    refuse(who, "the membership is of a lesser role",
           "Pass no role, to enter with that of the membership, or a lesser one.");
  return who.role;
}

}  // namespace primecloud::tenant
