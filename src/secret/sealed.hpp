// The sealed type as the server passes it.
#pragma once

#include "core/secret/envelope.hpp"
#include "pg/datum_builtin.hpp"

namespace primecloud::secret {

// A view of an envelope; valid until the function returns.
struct sealed_view {
  bytes_span bytes;
};
// An envelope just made, in server memory.
struct sealed_value {
  varlena *value;
};

// Room for an envelope around `size` bytes of plaintext, its header set.
SERVER_CODE inline sealed_value make_sealed(size_t size) { return {pg::make_varlena(size + envelope_overhead)}; }
inline std::uint8_t *envelope_bytes(sealed_value v) { return pg::room_in(v.value); }

}  // namespace primecloud::secret

namespace primecloud::pg {
template <>
struct datum<secret::sealed_view> {
  static constexpr const char *sql = "primecloud.sealed";
  SERVER_CODE static secret::sealed_view get(Datum d) { return {bytes_in(d)}; }
};
template <>
struct datum<secret::sealed_value> {
  static constexpr const char *sql = "primecloud.sealed";
  static Datum put(secret::sealed_value v) noexcept { return PointerGetDatum(v.value); }
};
}  // namespace primecloud::pg
