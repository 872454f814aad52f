#include "tenant/enter_token.hpp"

#include <algorithm>

#include "core/tenant/identity.hpp"
#include "pg/guard.hpp"
#include "tenant/claim.hpp"
#include "tenant/token_key.hpp"
#include "tenant/validity.hpp"
#include "tenant/verified_claims.hpp"

extern "C" {
#include "mb/pg_wchar.h"
#include "pgstat.h"
#include "tcop/tcopprot.h"
}

namespace primecloud::tenant {
namespace {

// JSON is UTF-8; the tables that are asked have the database's encoding.
SERVER_CODE const char *in_server_encoding(const char *text) {
  return pg_any_to_server(text, static_cast<int>(strlen(text)), PG_UTF8);
}

}  // namespace

SERVER_CODE void hide_statement() {
  debug_query_string = "<statement with a token>";
  pgstat_report_activity(STATE_RUNNING, debug_query_string);
}

// No token at all is a bad token: an application that lost it must not go on without.
void enter_token(std::optional<std::string_view> text) {
  pg::guarded(hide_statement);
  claim who;
  who.known = pg::guarded(changes_until_now);
  char tenant_key[longest_identifier + 2], user[longest_identifier + 2], role_text[32], key_name[longest_key_name];
  char problem[128] = "";
  try {
    const verified_claims found = claims_of(text.value_or(std::string_view()));
    const token_claims &claims = *found.claims;
    if (claims.subject.size() > longest_identifier) throw error(sqlstate{"28000"}, "sub is too long");
    if (claims.account && claims.account->size() > longest_identifier)
      throw error(sqlstate{"28000"}, "account is too long");
    strlcpy(user, claims.subject.c_str(), sizeof user);
    who.user = user;
    if (claims.account) {
      strlcpy(tenant_key, claims.account->c_str(), sizeof tenant_key);
      who.tenant = tenant_key;
      who.tenant_is_number = claims.account_is_number;
    }
    if (claims.role) {
      strlcpy(role_text, claims.role->c_str(), sizeof role_text);
      who.role = role_text;
    }
    who.expires_known = true;
    who.expires = std::min<int64>(claims.expires * 1'000'000 - postgres_epoch_unix_microseconds, found.key_ends);
    name_token_key(found.key_id, found.issuer, key_name);
    who.token_key = key_name;
    who.user_is_number = claims.subject_is_number;
    who.uniform = true;
  } catch (const error &reason) {
    strlcpy(problem, reason.message.c_str(), sizeof problem);
  }
  pg::guarded([&] {
    if (problem[0] != '\0') refuse_token(problem);
    who.user = in_server_encoding(who.user);
    if (who.tenant != nullptr) who.tenant = in_server_encoding(who.tenant);
    enter_claim(who);
  });
}

}  // namespace primecloud::tenant
