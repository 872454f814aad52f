#include "tenant/token_key.hpp"

#include <algorithm>
#include <charconv>

#include "core/tenant/public_key.hpp"
#include "core/tenant/published_key.hpp"
#include "pg/cached_table.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"

extern "C" {
#include "utils/inval.h"
#include "utils/timestamp.h"
}

namespace primecloud::tenant {
namespace {

enum column {
  key_id_column,
  algorithm_column,
  key_column,
  issuer_column,
  added_at_column,
  revoked_at_column,
  left_at_column,
  columns
};

SERVER_CODE void read(const Datum *values, const bool *nulls, token_key *out) {
  const auto algorithm = parse_token_algorithm(TextDatumGetCString(values[algorithm_column]));
  const pg::bytes_view key = pg::bytes_in(values[key_column]);
  if (!algorithm || key.size() > longest_token_key) return;
  out->active = true;
  out->material.algorithm = *algorithm;
  out->material.size = key.size();
  memcpy(out->material.bytes, key.data(), key.size());
  out->has_issuer = !nulls[issuer_column];
  if (out->has_issuer) strlcpy(out->issuer, TextDatumGetCString(values[issuer_column]), sizeof out->issuer);
}

// How well a row answers for a token of `issuer`.
SERVER_CODE int fit(const Datum *values, const bool *nulls, const char *issuer) {
  if (nulls[issuer_column]) return 2;
  return issuer != nullptr && pg::text_in(values[issuer_column]) == issuer ? 3 : 1;
}

SERVER_CODE void read_end(Datum value, token_key *out) {
  const TimestampTz end = DatumGetTimestampTz(value);
  if (!out->ends_known || end < out->ends) out->ends = end;
  out->ends_known = true;
}

SERVER_CODE token_key read_key(Oid oid, const char *key_id, const char *issuer) {
  token_key found;
  int best = 0;
  if (!OidIsValid(oid)) return found;
  pg::for_each_row<columns>(oid, GetLatestSnapshot(), [&](const Datum *values, const bool *nulls) {
    if (pg::text_in(values[key_id_column]) != key_id || fit(values, nulls, issuer) <= best) return;
    best = fit(values, nulls, issuer);
    found = {};
    read(values, nulls, &found);
    if (!nulls[revoked_at_column]) read_end(values[revoked_at_column], &found);
    if (!nulls[left_at_column]) read_end(values[left_at_column], &found);
  });
  return found;
}

// The keys that tokens named lately, as the table has them: a scan for each token is a third of entering.
struct named_key {
  char name[longest_key_name];
  token_key key;
};
constexpr int places = 8;
struct {
  int count = 0;
  int next = 0;
  named_key keys[places];
} lately;

void forget() noexcept { lately.count = lately.next = 0; }
pg::cached_table table{"token_key", forget};

const token_key *kept(const char *name) noexcept {
  for (int i = 0; i < lately.count; i++) {
    if (strcmp(lately.keys[i].name, name) == 0) return &lately.keys[i].key;
  }
  return nullptr;
}

void keep(const char *name, const token_key &key) noexcept {
  named_key &place = lately.keys[lately.next];
  strlcpy(place.name, name, sizeof place.name);
  place.key = key;
  lately.next = (lately.next + 1) % places;
  if (lately.count < places) lately.count++;
}

}  // namespace

// The size of the id first, so that no id ends like another's issuer.
void name_token_key(const char *key_id, const char *issuer, char *out) noexcept {
  const std::string_view id(key_id), of(issuer == nullptr ? "" : issuer);
  char *at = std::to_chars(out, out + 8, id.size()).ptr;
  *at++ = ':';
  at = std::copy(id.begin(), id.end(), at);
  if (issuer != nullptr) *at++ = ':';
  *std::copy(of.begin(), of.end(), at) = '\0';
}

token_key find_token_key(const char *key_id, const char *issuer) {
  // No lock is taken for what is kept, so nothing else would listen.
  AcceptInvalidationMessages();
  token_key found;
  char name[longest_key_name];
  if (strlen(key_id) > 255 || (issuer != nullptr && strlen(issuer) > 255)) return found;
  name_token_key(key_id, issuer, name);
  if (const token_key *known = kept(name)) {
    found = *known;
  } else {
    found = table.read([key_id, issuer](Oid oid) { return read_key(oid, key_id, issuer); });
    if (found.active) keep(name, found);
  }
  if (found.ends_known && found.ends <= GetCurrentTimestamp()) found.active = false;
  return found;
}

token_key find_named_token_key(const char *name) {
  char *text = pstrdup(name), *colon = strchr(text, ':');
  if (colon == nullptr) return {};
  char *const id = colon + 1, *const end = id + atoi(text);
  const char *issuer = *end == ':' ? end + 1 : nullptr;
  *end = '\0';
  return find_token_key(id, issuer);
}

}  // namespace primecloud::tenant

namespace {
using namespace primecloud;

bool token_algorithm_known(std::string_view name) noexcept { return parse_token_algorithm(name).has_value(); }
// Whether the key is published, or a pattern.
bool token_key_published(pg::bytes_view key) { return is_published_key(key); }
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_token_algorithm_known, token_algorithm_known);
PRIMECLOUD_FUNCTION(primecloud_token_key_published, token_key_published);
