#include "tenant/verified_claims.hpp"

#include <ctime>
#include <limits>
#include <optional>

#include "pg/guard.hpp"
#include "pg/startup.hpp"
#include "tenant/verified_tokens.hpp"

extern "C" {
#include "commands/dbcommands.h"
}

namespace primecloud::tenant {
namespace {

char *audience_setting = nullptr;
int longest_life = 300;

SERVER_CODE void define_verified_claims_settings() {
  DefineCustomStringVariable("primecloud.token_audience",
                             "What a token must name in aud; empty: the name of the database.", nullptr,
                             &audience_setting, "", PGC_SUSET, 0, nullptr, nullptr, nullptr);
  DefineCustomIntVariable("primecloud.token_longest_life", "Longest life of a token that is accepted, from iat to exp.",
                          nullptr, &longest_life, 300, 1, 86400, PGC_SUSET, GUC_UNIT_S, nullptr, nullptr, nullptr);
}
const pg::startup verified_claims_settings{define_verified_claims_settings};

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
verified verify_signature(std::string_view text, const token &parsed, std::optional<std::string> issuer,
                          const token_key &key, const issuer_rules &rules) {
  if (!verify_token(parsed, key.material.algorithm, key.material.span())) refuse("the signature is not the key's");
  auto claims = parse_token_claims(parsed.payload, rules.names());
  if (!claims) throw claims.reason();
  return {std::string(text), parsed.key_id, std::move(issuer), rules, key.material, *claims};
}

token_policy policy_of(const token_key &key, const issuer_rules &rules) {
  const bool own = rules.known != 0;
  return {own && rules.audience[0] != '\0' ? std::string_view(rules.audience) : audience(),
          key.has_issuer ? std::optional<std::string_view>(key.issuer) : std::nullopt,
          own && rules.longest_life > 0 ? rules.longest_life : longest_life, time(nullptr),
          own ? rules.leeway : clock_leeway};
}

const char *text_or_null(const std::optional<std::string> &text) noexcept { return text ? text->c_str() : nullptr; }
}  // namespace

verified_claims claims_of(std::string_view text) {
  if (cache == nullptr) cache = new verified_tokens;
  if (text.size() > longest_token) refuse("the token is too long");
  const verified *known = cache->find(text);
  std::optional<token> parsed;
  std::optional<std::string> issuer;
  if (known == nullptr) {
    auto result = parse_token(text);
    if (!result) throw result.reason();
    parsed = *result;
    issuer = claimed_issuer(parsed->payload);
  }
  const char *key_id = known != nullptr ? known->key_id.c_str() : parsed->key_id.c_str();
  const char *of = text_or_null(known != nullptr ? known->issuer : issuer);
  const token_key key = pg::guarded([&] { return find_token_key(key_id, of); });
  issuer_rules rules;
  if (key.active && key.has_issuer) rules = pg::guarded([&] { return find_issuer(key.issuer); });
  if (known != nullptr && key.active && !(known->rules == rules)) {  // what the claims are called has changed
    cache->forget(text);
    return claims_of(text);
  }
  if (!key.active || (known != nullptr && !(known->by == key.material))) {
    cache->forget(text);
    refuse("no active key of that id");
  }
  const int64 ends = key.ends_known ? key.ends : std::numeric_limits<int64>::max();
  const token_policy policy = policy_of(key, rules);
  if (known != nullptr) {
    if (const auto problem = token_problem(known->claims, policy)) {
      cache->forget(text);
      refuse(problem->c_str());
    }
    return {&known->claims, known->key_id.c_str(), text_or_null(known->issuer), ends};
  }
  verified fresh = verify_signature(text, *parsed, std::move(issuer), key, rules);
  if (const auto problem = token_problem(fresh.claims, policy)) refuse(problem->c_str());
  const verified *kept = cache->keep(std::move(fresh));
  return {&kept->claims, kept->key_id.c_str(), text_or_null(kept->issuer), ends};
}

}  // namespace primecloud::tenant
