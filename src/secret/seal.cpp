// seal, seal_bytes: plaintext in, an envelope out.
#include <sodium.h>

#include "core/random_pool.hpp"
#include "pg/function.hpp"
#include "secret/keyring.hpp"
#include "secret/permission.hpp"
#include "secret/sealed.hpp"

namespace {
using namespace primecloud;
using secret::sealed_value;

void check_size(size_t size) {
  if (size > longest_plaintext) {
    throw error(limit_exceeded, "the plaintext has " + std::to_string(size) + " bytes, more than " + std::to_string(longest_plaintext))
        .with_hint("Seal a key, and encrypt the file with that.");
  }
}

sealed_value seal_span(bytes_span plaintext, std::string_view tenant, std::string_view label, std::string_view row_id) {
  check_size(plaintext.size());
  if (tenant.empty() || tenant.size() > 255) throw error(invalid_value, "the tenant is empty or longer than 255 bytes");
  if (label.empty() || row_id.empty()) {
    throw error(invalid_value, label.empty() ? "the label is empty" : "the row id is empty")
        .with_hint("An envelope is bound to tenant, label and row: name all three.");
  }
  const auto bound_to = binding(tenant, label, row_id);
  sealed_value out;
  secret::unwrapped_key key;
  pg::guarded([&] {
    secret::check_tenant(tenant);
    key = secret::active_key(pnstrdup(tenant.data(), tenant.size()), "seal");
    out = secret::make_sealed(plaintext.size());
  });
  std::uint8_t nonce[24];
  take_random(nonce, MyProcPid);
  seal_envelope(plaintext, data_key(key.bytes, 32), key.id, bound_to, nonce, secret::envelope_bytes(out));
  return out;
}

sealed_value seal(std::string_view plaintext, std::string_view tenant, std::string_view label, std::string_view row_id) {
  return seal_span({reinterpret_cast<const std::uint8_t *>(plaintext.data()), plaintext.size()}, tenant, label, row_id);
}
sealed_value seal_bytes(pg::bytes_view plaintext, std::string_view tenant, std::string_view label, std::string_view row_id) {
  return seal_span(plaintext, tenant, label, row_id);
}
int32 verify_root_key() { return secret::verify_root_key(); }
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_seal, seal);
PRIMECLOUD_FUNCTION(primecloud_seal_bytes, seal_bytes);
PRIMECLOUD_FUNCTION(primecloud_verify_root_key, verify_root_key);
