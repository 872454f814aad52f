// seal, seal_bytes: plaintext in, an envelope out.  verify_root_key.
//
// Nothing here owns memory, so errors are the server's own and keep the statement,
// which may hold the plaintext, out of the log.
#include "core/random_pool.hpp"
#include "core/secret/generated.hpp"
#include "pg/function.hpp"
#include "secret/keyring.hpp"
#include "secret/literal.hpp"
#include "secret/permission.hpp"
#include "secret/place.hpp"

namespace {
using namespace primecloud;
using secret::sealed_value;
using secret::text_argument;

[[noreturn, gnu::cold]] void refuse(int code, const char *message, const char *hint) {
  ereport(ERROR, errcode(code), errmsg("%s", message), errhint("%s", hint), errhidestmt(true), errhidecontext(true));
  pg_unreachable();
}

sealed_value seal_span(bytes_span plaintext, const secret::place &where) {
  if (plaintext.size() > longest_plaintext) {
    refuse(ERRCODE_PROGRAM_LIMIT_EXCEEDED, "the plaintext is longer than a mebibyte", "Seal a key, and encrypt the file with that.");
  }
  secret::check_tenant(where.tenant);
  sealed_value out = secret::make_sealed(plaintext.size());
  const auto key = secret::active_key(where.tenant, secret::key_purpose::seal);
  std::uint8_t nonce[24];
  take_random(nonce, MyProcPid);
  const binding bound_to(where.tenant, where.label, where.row_id);
  seal_envelope(plaintext, data_key(key.bytes, 32), key.id, bound_to.view(), nonce, secret::envelope_bytes(out));
  return out;
}

// What a form sends back unchanged, and what is sealed already, is no new secret.
void refuse_sealed(std::string_view plaintext) {
  if (plaintext == redacted_text) {
    refuse(ERRCODE_INVALID_PARAMETER_VALUE, "the redacted form of a secret is not a secret", "Leave the column as it is where the secret was not changed.");
  }
  if (is_envelope_text(plaintext)) {
    refuse(ERRCODE_INVALID_PARAMETER_VALUE, "the plaintext is an envelope already", "Store it as it is: it needs no second sealing.");
  }
}

std::optional<sealed_value> seal(text_argument plaintext, text_argument tenant, text_argument label, text_argument row_id) {
  if (!plaintext) return std::nullopt;
  refuse_sealed(*plaintext);
  secret::warn_of_literal(*plaintext);
  return seal_span({reinterpret_cast<const std::uint8_t *>(plaintext->data()), plaintext->size()}, secret::checked_place(tenant, label, row_id));
}
std::optional<sealed_value> seal_bytes(std::optional<pg::bytes_view> plaintext, text_argument tenant, text_argument label,
                                       text_argument row_id) {
  if (!plaintext) return std::nullopt;
  return seal_span(*plaintext, secret::checked_place(tenant, label, row_id));
}
int32 verify_root_key() { return secret::verify_root_key(); }
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_seal, seal);
PRIMECLOUD_FUNCTION(primecloud_seal_bytes, seal_bytes);
PRIMECLOUD_FUNCTION(primecloud_verify_root_key, verify_root_key);
