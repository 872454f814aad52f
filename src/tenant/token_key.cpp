#include "tenant/token_key.hpp"

#include "core/tenant/published_key.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/table.hpp"

extern "C" {
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

}  // namespace

token_key find_token_key(const char *key_id) {
  token_key found;
  const Oid table = pg::internal_table("token_key");
  if (!OidIsValid(table)) return found;
  pg::for_each_row<columns>(table, GetLatestSnapshot(), [&](const Datum *values, const bool *nulls) {
    if (pg::text_in(values[key_id_column]) != key_id) return;
    if (!nulls[revoked_at_column] && DatumGetTimestampTz(values[revoked_at_column]) <= GetCurrentTimestamp()) return;
    read(values, nulls, &found);
    found.ends_known = !nulls[revoked_at_column];
    if (found.ends_known) found.ends = DatumGetTimestampTz(values[revoked_at_column]);
  });
  return found;
}

}  // namespace primecloud::tenant

namespace {
using namespace primecloud;

bool token_algorithm_known(std::string_view name) noexcept { return parse_token_algorithm(name).has_value(); }
// Whether the key is one of a published test vector.
bool token_key_published(pg::bytes_view key) { return is_published_key(key); }
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_token_algorithm_known, token_algorithm_known);
PRIMECLOUD_FUNCTION(primecloud_token_key_published, token_key_published);
