#include "tenant/claim.hpp"

#include "core/tenant/identity.hpp"
#include "pg/c_string.hpp"
#include "tenant/context.hpp"
#include "tenant/entered.hpp"
#include "tenant/membership.hpp"
#include "tenant/migrating.hpp"
#include "tenant/traces.hpp"
#include "tenant/validity.hpp"

extern "C" {
#include "access/xact.h"
}

namespace primecloud::tenant {
namespace {

[[noreturn]] SERVER_CODE void refuse(const claim &who, const char *what, const char *hint) {
  if (who.uniform) refuse_token(what);
  ereport(ERROR, errcode(ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION), errmsg("%s", what),
          hint != nullptr ? errhint("%s", hint) : 0);
  pg_unreachable();
}

SERVER_CODE void check_text(const claim &who, const char *name, const char *value) {
  const size_t size = strlen(value);
  if (size == 0) refuse(who, psprintf("the %s is empty", name), nullptr);
  if (size > longest_identifier)
    refuse(who, psprintf("the %s is longer than %zu bytes", name, longest_identifier), nullptr);
}

// The role that the claim and the membership agree on.
SERVER_CODE const char *settle_role(const claim &who, const membership &found) {
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
  if (!found.member) {
    refuse(who,
           who.tenant_is_number ? "the user is not a member of an active account of that number; the number is no "
                                  "account where keys are text or uuid: the issuer has to sign them as text"
                                : "the user is not a member of an active account of that name",
           nullptr);
  }
  const auto held = parse_role(found.role);
  if (!held)
    refuse(who, psprintf("the membership table holds an unknown role: \"%s\"", found.role),
           "The roles are external_client, developer, admin and owner.");
  if (who.role == nullptr) return found.role;
  if (*parse_role(who.role) > *held) refuse(who, "the membership is of a lesser role", nullptr);
  return who.role;
}

// Encodes the identity into server memory; nullptr where there is none.
const char *encode_claim(const claim &who, const char *role, const membership &found) noexcept {
  try {
    identity entered;
    if (who.tenant != nullptr) {
      entered.tenant = who.tenant;
      entered.role = parse_role(role);
    }
    entered.user = who.user;
    entered.assumed = who.assumed;
    if (who.expires_known) entered.expires = timestamp{who.expires};
    entered.token_key = who.token_key;
    if (entered.role && is_confined(*entered.role)) {
      for (int i = 0; i < found.granted; i++) {
        if (strlen(found.ids[i]) <= longest_identifier) entered.granted.emplace_back(found.ids[i]);
      }
    }
    return pg::c_string_or_null(encode(entered));
  } catch (const std::bad_alloc &) {
    return nullptr;
  }
}

// One identity a transaction: a cursor opened as one tenant must never be read as another.
SERVER_CODE void check_not_entered(const claim &who, const char *role) {
  const context_record *now = current();
  if (now == nullptr && !has_entered()) return;
  const bool same = now != nullptr && now->has_tenant == (who.tenant != nullptr) &&
                    (who.tenant == nullptr || now->tenant() == who.tenant) && now->user() == who.user &&
                    now->rank == (who.tenant == nullptr ? 0 : static_cast<int>(*parse_role(role))) &&
                    now->assumed == who.assumed;
  if (same) return;
  ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
          errmsg("another identity has been entered in this transaction"),
          errhint("End the transaction first; primecloud.narrow(role) lowers the role within it."),
          errhidestmt(who.uniform), errhidecontext(who.uniform));
}

// The same identity with a token that ends later: the transaction may go on until then.
bool renews(const claim &who) noexcept {
  const context_record *now = current();
  return now != nullptr && now->expires_known && who.expires_known && who.expires > now->expires.microseconds;
}

}  // namespace

void refuse_token(const char *log_detail) {
  // What exactly was wrong is for the server's log, and never for the caller.
  ereport(ERROR, errcode(ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION), errmsg("invalid token"),
          errdetail_log("%s", log_detail), errhint("Ask the issuer for a new token."), errhidestmt(true),
          errhidecontext(true));
  pg_unreachable();
}

void enter_claim(const claim &who) {
  if (!IsTransactionBlock()) {
    ereport(ERROR, errcode(ERRCODE_NO_ACTIVE_SQL_TRANSACTION),
            errmsg("a tenant can be entered in a transaction block only"),
            errhint("Send BEGIN first; outside it the context would end with this statement."),
            errhidestmt(who.uniform), errhidecontext(who.uniform));
  }
  if (is_migrating()) {
    ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
            errmsg("nobody can be entered while row-level security does not hold the owner"),
            errhint("Call primecloud.migrated() first."), errhidestmt(who.uniform), errhidecontext(who.uniform));
  }
  check_text(who, "user", who.user);
  membership found;
  const char *role = nullptr;
  if (who.tenant != nullptr) {
    check_text(who, "tenant", who.tenant);
    if (!who.assumed) found = ask_membership(who.tenant, who.user, membership_as::seen_here, who.tenant_is_number);
    role = settle_role(who, found);
  }
  check_not_entered(who, role);
  if (current() != nullptr && !renews(who)) return;
  // A superuser's session is no tenant's: what lies in it (a test run's own tables, say)
  // is the superuser's.
  if (current() == nullptr && !who.keep_traces && !superuser_arg(GetSessionUserId()))
    clean_up_after_another(who.tenant, who.user);
  const char *encoded_claim = encode_claim(who, role, found);
  if (encoded_claim == nullptr) ereport(ERROR, errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory"));
  assign(encoded_claim);
  note_entered();
  knows_changes_until(who.known);
}

}  // namespace primecloud::tenant
