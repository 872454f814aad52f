#include "tenant/claim.hpp"

#include "core/tenant/identity.hpp"
#include "pg/c_string.hpp"
#include "tenant/cluster.hpp"
#include "tenant/context.hpp"
#include "tenant/entered.hpp"
#include "tenant/membership.hpp"
#include "tenant/migrating.hpp"
#include "tenant/settle_role.hpp"
#include "tenant/traces.hpp"
#include "tenant/validity.hpp"

extern "C" {
#include "access/xact.h"
}

namespace primecloud::tenant {
namespace {

struct encoded_claim {
  const char *text = nullptr;  // in server memory; nullptr where there is none
  std::size_t granted = 0;
};

encoded_claim encode_claim(const claim &who, const char *role, const membership &found) noexcept {
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
      order_granted(entered);
    }
    return {pg::c_string_or_null(encode(entered)), entered.granted.size()};
  } catch (const std::bad_alloc &) {
    return {};
  }
}

SERVER_CODE void check_granted(const claim &who, std::size_t granted) {
  if (granted <= most_granted) return;
  ereport(
      ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
      errmsg("the user was granted %zu ids in the account, and %zu are the most", granted, most_granted),
      errhint(
          "Take back what is not needed, or grant what holds many of them: confine_table() goes by its id as well."),
      errhidestmt(who.uniform), errhidecontext(who.uniform));
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

void enter_claim(const claim &who) {
  check_enters_here();
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
    if (!who.assumed)
      found =
          ask_membership(who.tenant, who.user, membership_as::seen_here, {who.tenant_is_number, who.user_is_number});
    role = settle_role(who, found);
  }
  check_not_entered(who, role);
  if (current() != nullptr && !renews(who)) return;
  // A superuser's session is no tenant's: what lies in it (a test run's own tables, say)
  // is the superuser's.
  if (current() == nullptr && !who.keep_traces && !superuser_arg(GetSessionUserId()))
    clean_up_after_another(who.tenant, who.user);
  const encoded_claim encoded = encode_claim(who, role, found);
  if (encoded.text == nullptr) ereport(ERROR, errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory"));
  check_granted(who, encoded.granted);
  assign(encoded.text);
  note_entered();
  knows_changes_until(who.known);
}

}  // namespace primecloud::tenant
