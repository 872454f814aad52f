#include "secret/seal_anew.hpp"

#include <sodium.h>

#include "core/random_pool.hpp"
#include "secret/keyring.hpp"
#include "secret/sealed.hpp"

namespace primecloud::secret {

const char *seal_anew(bytes_span envelope, const place &where, plaintext_room &room, Datum *after) {
  const std::int64_t old_id = envelope_key_id(envelope);
  const size_t size = envelope.size() - envelope_overhead;
  const binding bound_to = binding_of(where);
  const sealed_value out = make_sealed(size);
  if (size >= room.size) {
    room.size = 2 * size + 256;
    room.bytes = static_cast<std::uint8_t *>(palloc(room.size));
  }
  std::uint8_t *const plaintext = room.bytes;
  active_key(where.tenant, key_purpose::seal);  // what can go wrong does so before there is plaintext
  const auto old_key = key_by_id(old_id);
  if (old_key.tenant != where.tenant ||
      !open_envelope(envelope, data_key(old_key.bytes, 32), bound_to.view(), plaintext))
    return "PC005";
  const auto key = active_key(where.tenant, key_purpose::seal);
  std::uint8_t nonce[24];
  take_random(nonce, MyProcPid);
  seal_envelope({plaintext, size}, data_key(key.bytes, 32), key.id, bound_to.view(), nonce, envelope_bytes(out));
  sodium_memzero(plaintext, size);
  *after = PointerGetDatum(out.value);
  return nullptr;
}

}  // namespace primecloud::secret
