// Values of variable length: read where they lie, made in the server's memory.
#pragma once

#include <cstdint>
#include <span>

#include "pg/postgres.hpp"

namespace primecloud::pg {

using bytes_view = std::span<const std::uint8_t>;

inline bytes_view octets(std::string_view text) noexcept {
  return {reinterpret_cast<const std::uint8_t *>(text.data()), text.size()};
}

// What stands in a varlena that is neither compressed nor out of line, whatever its
// header is.  Not MAXALIGNed: bytes only.
inline std::string_view text_in(const varlena *v) noexcept {
  return {VARDATA_ANY(v), static_cast<size_t>(VARSIZE_ANY_EXHDR(v))};
}
inline bytes_view bytes_in(const varlena *v) noexcept { return octets(text_in(v)); }

// The same of a Datum, unpacked only when it must be.
SERVER_CODE inline varlena *unpacked(Datum d) {
  return pg_detoast_datum_packed(reinterpret_cast<varlena *>(DatumGetPointer(d)));
}
SERVER_CODE inline std::string_view text_in(Datum d) { return text_in(unpacked(d)); }
SERVER_CODE inline bytes_view bytes_in(Datum d) { return bytes_in(unpacked(d)); }

// Memory of VARHDRSZ + `size` bytes as a varlena, and what is to be written there.
inline varlena *lay_varlena(void *memory, size_t size) noexcept {
  auto *v = static_cast<varlena *>(memory);
  SET_VARSIZE(v, VARHDRSZ + size);
  return v;
}
inline std::uint8_t *room_in(varlena *v) noexcept { return reinterpret_cast<std::uint8_t *>(VARDATA(v)); }

SERVER_CODE inline varlena *make_varlena(size_t size) { return lay_varlena(palloc(VARHDRSZ + size), size); }
SERVER_CODE inline varlena *copy_varlena(bytes_view bytes) {
  varlena *v = make_varlena(bytes.size());
  if (!bytes.empty()) memcpy(room_in(v), bytes.data(), bytes.size());
  return v;
}

}  // namespace primecloud::pg
