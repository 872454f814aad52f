// open, open_bytes: the way from an envelope to plaintext.  matches, opens: what can be
// asked of an envelope without one.
#include <sodium.h>

#include "pg/function.hpp"
#include "secret/audit.hpp"
#include "secret/encoding.hpp"
#include "secret/literal.hpp"
#include "secret/opened_text.hpp"
#include "secret/place.hpp"

namespace {
using namespace primecloud;
using secret::sealed_view;
using secret::text_argument;

SERVER_CODE varlena *open_recorded(sealed_view sealed, text_argument tenant, text_argument label, text_argument row_id,
                                   text_argument purpose) {
  const auto where = secret::checked_place(tenant, label, row_id);
  const auto why = secret::checked_part(purpose, "purpose", secret::longest_purpose);
  varlena *out = secret::decrypt(sealed.bytes, where, why);
  secret::record_reveal({where.tenant, where.label, where.row_id, why, envelope_key_id(sealed.bytes)});
  return out;
}

SERVER_CODE std::optional<pg::owned_text> open_text(std::optional<sealed_view> sealed, text_argument tenant,
                                                    text_argument label, text_argument row_id, text_argument purpose) {
  if (!sealed) return std::nullopt;
  return secret::opened_text(open_recorded(*sealed, tenant, label, row_id, purpose));
}
SERVER_CODE std::optional<pg::owned_bytes> open_bytes(std::optional<sealed_view> sealed, text_argument tenant,
                                                      text_argument label, text_argument row_id,
                                                      text_argument purpose) {
  if (!sealed) return std::nullopt;
  return open_recorded(*sealed, tenant, label, row_id, purpose);
}

SERVER_CODE std::optional<bool> matches(std::optional<sealed_view> sealed, text_argument tenant, text_argument label,
                                        text_argument row_id, text_argument candidate) {
  if (!sealed || !candidate) return std::nullopt;
  secret::warn_of_literal(*candidate);
  varlena *stored = secret::decrypt(sealed->bytes, secret::checked_place(tenant, label, row_id), "comparison");
  const std::string_view text = pg::text_in(stored), other = secret::to_utf8(*candidate);
  const bool same = text.size() == other.size() && sodium_memcmp(text.data(), other.data(), text.size()) == 0;
  secret::wipe(stored);
  return same;
}

SERVER_CODE std::optional<bool> opens(std::optional<sealed_view> sealed, text_argument tenant, text_argument label,
                                      text_argument row_id) {
  if (!sealed) return std::nullopt;
  return secret::opens(sealed->bytes, secret::checked_place(tenant, label, row_id));
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_open, open_text);
PRIMECLOUD_FUNCTION(primecloud_open_bytes, open_bytes);
PRIMECLOUD_FUNCTION(primecloud_matches, matches);
PRIMECLOUD_FUNCTION(primecloud_opens, opens);
