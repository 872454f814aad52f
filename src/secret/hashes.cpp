// token_hash, blind_index, fingerprint: keyed hashes, each with a key of its own.
#include <sodium.h>

#include "core/secret/keyed_hash.hpp"
#include "pg/function.hpp"
#include "pg/owned.hpp"
#include "secret/decrypt.hpp"
#include "secret/encoding.hpp"
#include "secret/key_table.hpp"
#include "secret/keyring.hpp"
#include "secret/literal.hpp"
#include "secret/permission.hpp"
#include "secret/place.hpp"

extern "C" {
#include "catalog/pg_type.h"
#include "utils/array.h"
}

namespace {
using namespace primecloud;
using secret::key_purpose;
using secret::text_argument;

// Tokens are looked up before the tenant is known, so their key is the database's.
constexpr std::string_view whole_database = "*";
constexpr std::size_t blind_index_size = 16, fingerprint_size = 8;

using hash = std::array<std::uint8_t, 32>;

// The first bytes of a hash.
SERVER_CODE varlena *make_bytes(const hash &value, size_t size) {
  return pg::copy_varlena(pg::bytes_view(value).first(size));
}

SERVER_CODE hash hash_with(std::string_view tenant, key_purpose purpose, std::string_view use, std::string_view name,
                           std::string_view value) {
  const std::string_view written = secret::to_utf8(name);  // asks the server, which may take the key away
  const auto key = secret::active_key(tenant, purpose);
  return keyed_hash(data_key(key.bytes, 32), use, written, pg::octets(value));
}

SERVER_CODE std::optional<pg::owned_bytes> token_hash(text_argument token, text_argument purpose) {
  if (!token) return std::nullopt;
  secret::warn_of_literal(*token);
  const auto name = secret::checked_part(purpose, "purpose", longest_label);
  return make_bytes(hash_with(whole_database, key_purpose::token, "token", name, secret::to_utf8(*token)), 32);
}

SERVER_CODE std::optional<pg::owned_bytes> blind_index(text_argument value, text_argument tenant, text_argument label) {
  if (!value) return std::nullopt;
  secret::warn_of_literal(*value);
  const auto owner = secret::checked_part(tenant, "tenant", longest_tenant);
  const auto name = secret::checked_part(label, "label", longest_label);
  secret::check_tenant(owner);
  return make_bytes(hash_with(owner, key_purpose::index, "blind index", name, secret::to_utf8(*value)),
                    blind_index_size);
}

// The hash under each key that has not been retired, the active one's among them: a value
// stored before a rotation is found while the old key is kept.
SERVER_CODE pg::owned_bytes_array candidates(std::string_view tenant, key_purpose purpose, std::string_view use,
                                             std::string_view name, std::string_view value, size_t size) {
  name = secret::to_utf8(name);
  value = secret::to_utf8(value);
  secret::active_key(tenant, purpose);  // the first call makes it
  int count = 0;
  const std::int64_t *ids = secret::find_usable_keys(tenant, purpose, &count);
  auto *hashes = static_cast<Datum *>(palloc(sizeof(Datum) * static_cast<size_t>(count + 1)));
  for (int i = 0; i < count; i++) {
    const auto key = secret::key_by_id(ids[i]);
    hashes[i] = PointerGetDatum(make_bytes(keyed_hash(data_key(key.bytes, 32), use, name, pg::octets(value)), size));
  }
  return construct_array(hashes, count, BYTEAOID, -1, false, TYPALIGN_INT);
}

SERVER_CODE std::optional<pg::owned_bytes_array> token_hash_candidates(text_argument token, text_argument purpose) {
  if (!token) return std::nullopt;
  secret::warn_of_literal(*token);
  const auto name = secret::checked_part(purpose, "purpose", longest_label);
  return candidates(whole_database, key_purpose::token, "token", name, *token, 32);
}

SERVER_CODE std::optional<pg::owned_bytes_array> blind_index_candidates(text_argument value, text_argument tenant,
                                                                        text_argument label) {
  if (!value) return std::nullopt;
  secret::warn_of_literal(*value);
  const auto owner = secret::checked_part(tenant, "tenant", longest_tenant);
  const auto name = secret::checked_part(label, "label", longest_label);
  secret::check_tenant(owner);
  return candidates(owner, key_purpose::index, "blind index", name, *value, blind_index_size);
}

SERVER_CODE std::optional<std::string_view> fingerprint(std::optional<secret::sealed_view> sealed, text_argument tenant,
                                                        text_argument label, text_argument row_id) {
  if (!sealed) return std::nullopt;
  const auto where = secret::checked_place(tenant, label, row_id);
  varlena *plaintext = secret::decrypt(sealed->bytes, where, "fingerprint");
  const auto value = hash_with(where.tenant, key_purpose::index, "fingerprint", where.label, pg::text_in(plaintext));
  secret::wipe(plaintext);
  auto *text = static_cast<char *>(palloc(2 * fingerprint_size + 1));
  return std::string_view(sodium_bin2hex(text, 2 * fingerprint_size + 1, value.data(), fingerprint_size),
                          2 * fingerprint_size);
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_token_hash, token_hash);
PRIMECLOUD_FUNCTION(primecloud_blind_index, blind_index);
PRIMECLOUD_FUNCTION(primecloud_token_hash_candidates, token_hash_candidates);
PRIMECLOUD_FUNCTION(primecloud_blind_index_candidates, blind_index_candidates);
PRIMECLOUD_FUNCTION(primecloud_fingerprint, fingerprint);
