// reseal_move: an envelope for another place, where a row gets another id or tenant.
#include <sodium.h>

#include "core/random_pool.hpp"
#include "pg/function.hpp"
#include "secret/audit.hpp"
#include "secret/decrypt.hpp"
#include "secret/keyring.hpp"
#include "secret/permission.hpp"
#include "secret/place.hpp"

namespace {
using namespace primecloud;
using secret::sealed_value;
using secret::sealed_view;
using secret::text_argument;

SERVER_CODE std::optional<sealed_value> reseal_move(std::optional<sealed_view> sealed, text_argument tenant,
                                                    text_argument label, text_argument row_id, text_argument new_tenant,
                                                    text_argument new_label, text_argument new_row_id) {
  if (!sealed) return std::nullopt;
  const auto from = secret::checked_place(tenant, label, row_id),
             to = secret::checked_place(new_tenant, new_label, new_row_id);
  secret::check_tenant(from.tenant);
  secret::check_tenant(to.tenant);
  const binding bound_to = secret::binding_of(to);
  secret::active_key(to.tenant, secret::key_purpose::seal);  // what can go wrong does so before there is plaintext
  varlena *plaintext = secret::decrypt(sealed->bytes, from, "move");
  const pg::bytes_view opened = pg::bytes_in(plaintext);
  const sealed_value out = secret::make_sealed(opened.size());
  std::uint8_t nonce[24];
  take_random(nonce, MyProcPid);
  const auto key = secret::active_key(to.tenant, secret::key_purpose::seal);
  seal_envelope(opened, data_key(key.bytes, 32), key.id, bound_to.view(), nonce, secret::envelope_bytes(out));
  secret::wipe(plaintext);
  secret::record_move({from.tenant, from.label, from.row_id, "move", envelope_key_id(sealed->bytes)},
                      {to.tenant, to.label, to.row_id, "move", key.id});
  return out;
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_reseal_move, reseal_move);
