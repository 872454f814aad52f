// seal, seal_bytes: plaintext in, an envelope out.
//
// Nothing here owns memory, so errors are the server's own and keep the statement,
// which may hold the plaintext, out of the log.
#include "secret/seal.hpp"

#include "core/random_pool.hpp"
#include "core/secret/generated.hpp"
#include "pg/function.hpp"
#include "secret/encoding.hpp"
#include "secret/keyring.hpp"
#include "secret/literal.hpp"
#include "secret/permission.hpp"

namespace primecloud::secret {
namespace {
[[noreturn, gnu::cold]] SERVER_CODE void refuse(int code, const char *message, const char *hint) {
  ereport(ERROR, errcode(code), errmsg("%s", message), errhint("%s", hint), errhidestmt(true), errhidecontext(true));
  pg_unreachable();
}
}  // namespace

void check_plaintext(std::string_view plaintext) {
  warn_of_literal(plaintext);
  if (plaintext == redacted_text) {
    refuse(ERRCODE_INVALID_PARAMETER_VALUE, "the redacted form of a secret is not a secret",
           "Leave the column as it is where the secret was not changed.");
  }
  if (is_envelope_text(plaintext)) {
    refuse(ERRCODE_INVALID_PARAMETER_VALUE, "the plaintext is an envelope already",
           "Store it as it is: it needs no second sealing.");
  }
}

sealed_value seal_text(std::string_view plaintext, const place &where) {
  return seal_octets(pg::octets(to_utf8(plaintext)), where);
}

sealed_value seal_octets(bytes_span plaintext, const place &where) {
  if (plaintext.size() > longest_plaintext) {
    refuse(ERRCODE_PROGRAM_LIMIT_EXCEEDED, "the plaintext is longer than a mebibyte",
           "Seal a key, and encrypt the file with that.");
  }
  check_tenant(where.tenant);
  sealed_value out = make_sealed(plaintext.size());
  const binding bound_to = binding_of(where);  // asks the server, which may take the key away
  std::uint8_t nonce[24];
  take_random(nonce, MyProcPid);
  const auto key = active_key(where.tenant, key_purpose::seal);
  seal_envelope(plaintext, data_key(key.bytes, 32), key.id, bound_to.view(), nonce, envelope_bytes(out));
  return out;
}

}  // namespace primecloud::secret

namespace {
using namespace primecloud;
using secret::sealed_value;
using secret::text_argument;

SERVER_CODE std::optional<sealed_value> seal(text_argument plaintext, text_argument tenant, text_argument label,
                                             text_argument row_id) {
  if (!plaintext) return std::nullopt;
  secret::check_plaintext(*plaintext);
  return secret::seal_text(*plaintext, secret::checked_place(tenant, label, row_id));
}
SERVER_CODE std::optional<sealed_value> seal_bytes(std::optional<pg::bytes_view> plaintext, text_argument tenant,
                                                   text_argument label, text_argument row_id) {
  if (!plaintext) return std::nullopt;
  secret::warn_of_bytes_literal(*plaintext);
  return secret::seal_octets(*plaintext, secret::checked_place(tenant, label, row_id));
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_seal, seal);
PRIMECLOUD_FUNCTION(primecloud_seal_bytes, seal_bytes);
