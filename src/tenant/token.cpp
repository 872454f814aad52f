// enter(token): verifies a compact JWS and enters the account it names.
//
// A backend keeps what it has verified, so that the next transaction of the same client
// costs a comparison and not a signature.  Time and
// the key row, as it is committed then, are looked at again at every hit.
#include "core/tenant/token.hpp"

#include <algorithm>
#include <ctime>
#include <limits>
#include <optional>

#include "core/tenant/identity.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/startup.hpp"
#include "tenant/entry.hpp"
#include "tenant/validity.hpp"
#include "tenant/verified_tokens.hpp"

extern "C" {
#include "commands/dbcommands.h"
#include "mb/pg_wchar.h"
#include "pgstat.h"
#include "tcop/tcopprot.h"
}

namespace {
using namespace primecloud;

char *audience_setting = nullptr;
int longest_life = 300;

const pg::startup define{[] {
  DefineCustomStringVariable("primecloud.token_audience",
                             "What a token must name in aud; empty: the name of the database.", nullptr,
                             &audience_setting, "", PGC_SUSET, 0, nullptr, nullptr, nullptr);
  DefineCustomIntVariable("primecloud.token_longest_life", "Longest life of a token that is accepted, from iat to exp.",
                          nullptr, &longest_life, 300, 1, 86400, PGC_SUSET, GUC_UNIT_S, nullptr, nullptr, nullptr);
}};

using tenant::verified, tenant::verified_tokens;
verified_tokens *cache = nullptr;  // never freed: lives as long as the backend

std::string_view audience() {
  if (audience_setting != nullptr && *audience_setting != '\0') return audience_setting;
  // No database is renamed while somebody is connected to it.
  static std::string name;
  if (name.empty()) name = pg::guarded([] { return get_database_name(MyDatabaseId); });
  return name;
}

[[noreturn]] void refuse(const char *why) { throw error(sqlstate{"28000"}, why); }

// The claims of a token whose signature is the key's.
verified verify_signature(std::string_view text, const token &parsed, const tenant::token_key &key) {
  if (!verify_token(parsed, key.material.algorithm, key.material.span())) refuse("the signature is not the key's");
  auto claims = parse_token_claims(parsed.payload);
  if (!claims) throw claims.reason();
  return {std::string(text), parsed.key_id, key.material, *claims};
}

struct verified_claims {
  const token_claims *claims;
  const char *key_id;
  int64 key_ends;  // microseconds since 2000-01-01 UTC
};

// Claims of a token that holds now; throws the reason otherwise.
verified_claims verify(std::string_view text) {
  if (cache == nullptr) cache = new verified_tokens;
  if (text.size() > longest_token) refuse("the token is too long");
  const verified *known = cache->find(text);
  std::optional<token> parsed;
  if (known == nullptr) {
    auto result = parse_token(text);
    if (!result) throw result.reason();
    parsed = *result;
  }
  const char *key_id = known != nullptr ? known->key_id.c_str() : parsed->key_id.c_str();
  const tenant::token_key key = pg::guarded([&] { return tenant::find_token_key(key_id); });
  if (!key.active || (known != nullptr && !(known->by == key.material))) {
    cache->forget(text);
    refuse("no active key of that id");
  }
  const int64 ends = key.ends_known ? key.ends : std::numeric_limits<int64>::max();
  const token_policy policy{audience(), key.has_issuer ? std::optional<std::string_view>(key.issuer) : std::nullopt,
                            longest_life, time(nullptr)};
  if (known != nullptr) {
    if (const auto problem = token_problem(known->claims, policy)) {
      cache->forget(text);
      refuse(problem->c_str());
    }
    return {&known->claims, known->key_id.c_str(), ends};
  }
  verified fresh = verify_signature(text, *parsed, key);
  if (const auto problem = token_problem(fresh.claims, policy)) refuse(problem->c_str());
  const verified *kept = cache->keep(std::move(fresh));
  return {&kept->claims, kept->key_id.c_str(), ends};
}

// The statement holds the token: neither pg_stat_activity nor a later error line of
// this statement may show it.
SERVER_CODE void hide_statement() {
  debug_query_string = "<statement with a token>";
  pgstat_report_activity(STATE_RUNNING, debug_query_string);
}

// JSON is UTF-8; the tables that are asked have the database's encoding.
SERVER_CODE const char *in_server_encoding(const char *text) {
  return pg_any_to_server(text, static_cast<int>(strlen(text)), PG_UTF8);
}

// No token at all is a bad token: an application that lost it must not go on without.
pg::nothing enter(std::optional<std::string_view> text) {
  pg::guarded(hide_statement);
  tenant::claim who;
  who.known = pg::guarded(tenant::changes_until_now);
  char tenant_key[longest_identifier + 2], user[longest_identifier + 2], role_text[32], key_id[longest_identifier + 2];
  char problem[128] = "";
  try {
    const verified_claims found = verify(text.value_or(std::string_view()));
    const token_claims &claims = *found.claims;
    if (claims.subject.size() > longest_identifier) refuse("sub is too long");
    if (claims.account && claims.account->size() > longest_identifier) refuse("account is too long");
    strlcpy(user, claims.subject.c_str(), sizeof user);
    who.user = user;
    if (claims.account) {
      strlcpy(tenant_key, claims.account->c_str(), sizeof tenant_key);
      who.tenant = tenant_key;
    }
    if (claims.role) {
      strlcpy(role_text, claims.role->c_str(), sizeof role_text);
      who.role = role_text;
    }
    who.expires_known = true;
    who.expires = std::min<int64>(claims.expires * 1'000'000 - postgres_epoch_unix_microseconds, found.key_ends);
    strlcpy(key_id, found.key_id, sizeof key_id);
    who.token_key = key_id;
    who.uniform = true;
  } catch (const error &reason) {
    strlcpy(problem, reason.message.c_str(), sizeof problem);
  }
  pg::guarded([&] {
    if (problem[0] != '\0') tenant::refuse_token(problem);
    who.user = in_server_encoding(who.user);
    if (who.tenant != nullptr) who.tenant = in_server_encoding(who.tenant);
    tenant::enter(who);
  });
  return {};
}

bool token_algorithm_known(std::string_view name) noexcept { return parse_token_algorithm(name).has_value(); }
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_enter, enter);
PRIMECLOUD_FUNCTION(primecloud_token_algorithm_known, token_algorithm_known);
