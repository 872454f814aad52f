#include "secret/encoding.hpp"

#include <sodium.h>

#include "pg/varlena.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "mb/pg_wchar.h"
}

namespace primecloud::secret {

std::string_view to_utf8(std::string_view text) {
  if (GetDatabaseEncoding() == PG_UTF8 || GetDatabaseEncoding() == PG_SQL_ASCII || text.empty()) return text;
  const char *converted = pg_server_to_any(text.data(), static_cast<int>(text.size()), PG_UTF8);
  return converted == text.data() ? text : std::string_view(converted);
}

varlena *from_utf8(varlena *bytes) {
  const std::string_view text = pg::text_in(bytes);
  const int size = static_cast<int>(text.size()), encoding = GetDatabaseEncoding();
  if (encoding == PG_SQL_ASCII) return pg_verifymbstr(text.data(), size, true) ? bytes : nullptr;
  if (!pg_verify_mbstr(PG_UTF8, text.data(), size, true)) return nullptr;
  if (encoding == PG_UTF8 || size == 0) return bytes;
  const Oid conversion = FindDefaultConversionProc(PG_UTF8, encoding);
  if (!OidIsValid(conversion)) return nullptr;
  const size_t room = (static_cast<size_t>(size) + 1) * MAX_CONVERSION_GROWTH + 1;  // less, and it would read less
  varlena *out = pg::make_varlena(room);
  const int read = pg_do_encoding_conversion_buf(conversion, PG_UTF8, encoding, pg::room_in(bytes), size,
                                                 pg::room_in(out), static_cast<int>(room), true);
  if (read == size) return pg::lay_varlena(out, strnlen(pg::text_in(out).data(), room));
  sodium_memzero(pg::room_in(out), room);
  return nullptr;
}

}  // namespace primecloud::secret
