#include "tenant/token_key.hpp"

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

enum column { key_id_column, algorithm_column, key_column, issuer_column, added_at_column, revoked_at_column, columns };

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

SERVER_CODE token_key read_key(Oid oid, const char *key_id) {
  token_key found;
  if (!OidIsValid(oid)) return found;
  pg::for_each_row<columns>(oid, GetLatestSnapshot(), [&](const Datum *values, const bool *nulls) {
    if (pg::text_in(values[key_id_column]) != key_id) return;
    read(values, nulls, &found);
    found.ends_known = !nulls[revoked_at_column];
    if (found.ends_known) found.ends = DatumGetTimestampTz(values[revoked_at_column]);
  });
  return found;
}

// The keys that tokens named lately, as the table has them: a scan for each token is a third of entering.
struct named_key {
  char id[256];
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

const token_key *kept(const char *key_id) noexcept {
  for (int i = 0; i < lately.count; i++) {
    if (strcmp(lately.keys[i].id, key_id) == 0) return &lately.keys[i].key;
  }
  return nullptr;
}

void keep(const char *key_id, const token_key &key) noexcept {
  named_key &place = lately.keys[lately.next];
  if (strlen(key_id) >= sizeof place.id) return;
  strlcpy(place.id, key_id, sizeof place.id);
  place.key = key;
  lately.next = (lately.next + 1) % places;
  if (lately.count < places) lately.count++;
}

}  // namespace

token_key find_token_key(const char *key_id) {
  // No lock is taken for what is kept, so nothing else would listen.
  AcceptInvalidationMessages();
  token_key found;
  if (const token_key *known = kept(key_id)) {
    found = *known;
  } else {
    found = table.read([key_id](Oid oid) { return read_key(oid, key_id); });
    if (found.active) keep(key_id, found);
  }
  if (found.ends_known && found.ends <= GetCurrentTimestamp()) found.active = false;
  return found;
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
