// enter(token): verifies a compact JWS and enters the account it names.
//
// A backend keeps what it has verified, by a keyed hash of the token, so that the
// next transaction of the same client costs a hash and not a signature.  Time and
// the state of the key are checked at every hit all the same.
#include "core/tenant/token.hpp"

#include <sodium.h>

#include <ctime>
#include <optional>

#include "core/tenant/identity.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/startup.hpp"
#include "pg/table.hpp"
#include "tenant/entry.hpp"

extern "C" {
#include "commands/dbcommands.h"
#include "pgstat.h"
#include "tcop/tcopprot.h"
#include "utils/inval.h"
}

namespace {
using namespace primecloud;

char *audience_setting = nullptr;
int longest_life = 300;

struct key_row {
  bool found = false;
  token_algorithm algorithm;
  std::uint8_t bytes[256];
  size_t size = 0;
  char issuer[256];
  bool has_issuer = false;
};

struct verified {
  std::uint8_t hash[16];
  token_claims claims;
  std::string key_id;
};
constexpr size_t cache_size = 64;
std::optional<verified> *cache = nullptr;  // never freed: lives as long as the backend
std::uint8_t cache_key[crypto_generichash_KEYBYTES];
size_t next_slot = 0;
Oid key_table = InvalidOid;

void forget(Datum, Oid relid) noexcept {
  if (cache == nullptr || (relid != InvalidOid && relid != key_table)) return;
  for (size_t i = 0; i < cache_size; i++) cache[i].reset();
}

const pg::startup define{[] {
  DefineCustomStringVariable("primecloud.token_audience", "What a token must name in aud; empty: the name of the database.", nullptr,
                             &audience_setting, "", PGC_SUSET, 0, nullptr, nullptr, nullptr);
  DefineCustomIntVariable("primecloud.token_longest_life", "Longest life of a token that is accepted, from iat to exp.", nullptr,
                          &longest_life, 300, 1, 86400, PGC_SUSET, GUC_UNIT_S, nullptr, nullptr, nullptr);
  CacheRegisterRelcacheCallback(forget, Datum{0});
}};

// The key row of that id, if it may still verify.  Server code.
key_row find_key(const char *key_id) {
  key_row found;
  key_table = pg::extension_table("token_key");
  if (!OidIsValid(key_table)) return found;
  pg::for_each_row<6>(key_table, [&](const Datum *values, const bool *nulls) {
    if (strcmp(TextDatumGetCString(values[0]), key_id) != 0 || !nulls[5]) return;  // column 6: revoked_at
    const auto algorithm = parse_token_algorithm(TextDatumGetCString(values[1]));
    const auto *key = reinterpret_cast<varlena *>(PG_DETOAST_DATUM_PACKED(values[2]));
    if (!algorithm || VARSIZE_ANY_EXHDR(key) > sizeof found.bytes) return;
    found.found = true;
    found.algorithm = *algorithm;
    found.size = VARSIZE_ANY_EXHDR(key);
    memcpy(found.bytes, VARDATA_ANY(key), found.size);
    found.has_issuer = !nulls[3];
    if (found.has_issuer) strlcpy(found.issuer, TextDatumGetCString(values[3]), sizeof found.issuer);
  });
  return found;
}

std::string audience() {
  if (audience_setting != nullptr && *audience_setting != '\0') return audience_setting;
  const char *name = pg::guarded([] { return get_database_name(MyDatabaseId); });
  return name != nullptr ? name : "";
}

std::optional<verified> &slot_for(const std::uint8_t *hash) {
  for (size_t i = 0; i < cache_size; i++) {
    if (cache[i] && sodium_memcmp(cache[i]->hash, hash, sizeof cache[i]->hash) == 0) return cache[i];
  }
  auto &slot = cache[next_slot++ % cache_size];
  slot.reset();
  return slot;
}

// Claims of a token that holds now; throws the reason otherwise.
const token_claims &verify(std::string_view text) {
  if (cache == nullptr) {
    randombytes_buf(cache_key, sizeof cache_key);
    cache = new std::optional<verified>[cache_size];
  }
  if (text.size() > longest_token) throw error(sqlstate{"28000"}, "the token is too long");
  std::uint8_t hash[16];
  crypto_generichash(hash, sizeof hash, reinterpret_cast<const std::uint8_t *>(text.data()), text.size(), cache_key, sizeof cache_key);
  auto &slot = slot_for(hash);
  std::string key_id;
  std::optional<token> parsed;
  if (slot) {
    key_id = slot->key_id;
  } else {
    auto result = parse_token(text);
    if (!result) throw result.reason();
    parsed = *result;
    key_id = parsed->key_id;
  }
  const key_row key = pg::guarded([&] { return find_key(key_id.c_str()); });
  if (!key.found) {
    slot.reset();
    throw error(sqlstate{"28000"}, "no active key of that id");
  }
  if (!slot) {
    if (!verify_token(*parsed, key.algorithm, {key.bytes, key.size})) throw error(sqlstate{"28000"}, "the signature is not the key's");
    auto claims = parse_token_claims(parsed->payload);
    if (!claims) throw claims.reason();
    slot.emplace(verified{{}, *claims, key_id});
    memcpy(slot->hash, hash, sizeof hash);
  }
  const std::string wanted = audience();
  const token_policy policy{wanted, key.has_issuer ? std::optional<std::string_view>(key.issuer) : std::nullopt, longest_life, time(nullptr)};
  if (const auto problem = token_problem(slot->claims, policy)) {
    const error reason(sqlstate{"28000"}, *problem);
    slot.reset();
    throw reason;
  }
  return slot->claims;
}

// The statement holds the token: neither pg_stat_activity nor a later error line of
// this statement may show it.
void hide_statement() {
  debug_query_string = "<statement with a token>";
  pgstat_report_activity(STATE_RUNNING, debug_query_string);
}

pg::nothing enter(std::string_view text) {
  pg::guarded(hide_statement);
  tenant::claim who;
  char tenant_key[longest_identifier + 2], user[longest_identifier + 2], role_text[32];
  char problem[128] = "";
  try {
    const token_claims &claims = verify(text);
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
    who.expires = claims.expires * 1'000'000 - postgres_epoch_unix_microseconds;
    who.uniform = true;
  } catch (const error &reason) {
    strlcpy(problem, reason.message.c_str(), sizeof problem);
  }
  pg::guarded([&] {
    if (problem[0] != '\0') tenant::refuse_token(problem);
    tenant::enter(who);
  });
  return {};
}

bool token_algorithm_known(std::string_view name) noexcept { return parse_token_algorithm(name).has_value(); }
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_enter, enter);
PRIMECLOUD_FUNCTION(primecloud_token_algorithm_known, token_algorithm_known);
