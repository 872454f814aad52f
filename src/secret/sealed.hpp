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
SERVER_CODE inline sealed_value make_sealed(size_t size) {
  auto *value = static_cast<varlena *>(palloc(VARHDRSZ + size + envelope_overhead));
  SET_VARSIZE(value, VARHDRSZ + size + envelope_overhead);
  return {value};
}
inline std::uint8_t *envelope_bytes(sealed_value v) { return reinterpret_cast<std::uint8_t *>(VARDATA(v.value)); }

}  // namespace primecloud::secret

namespace primecloud::pg {
template <>
struct datum<secret::sealed_view> {
  static constexpr const char *sql = "primecloud.sealed";
  SERVER_CODE static secret::sealed_view get(Datum d) {
    const auto *v = pg_detoast_datum_packed(reinterpret_cast<varlena *>(DatumGetPointer(d)));
    return {{reinterpret_cast<const std::uint8_t *>(VARDATA_ANY(v)), static_cast<size_t>(VARSIZE_ANY_EXHDR(v))}};
  }
};
template <>
struct datum<secret::sealed_value> {
  static constexpr const char *sql = "primecloud.sealed";
  static Datum put(secret::sealed_value v) noexcept { return PointerGetDatum(v.value); }
};
}  // namespace primecloud::pg
