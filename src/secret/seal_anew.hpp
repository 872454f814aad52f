// An envelope sealed anew: from the key that sealed it to its tenant's active one.
#pragma once

#include "pg/postgres.hpp"
#include "secret/place.hpp"

namespace primecloud::secret {

// For the plaintext of one envelope after another, wiped after each.
struct plaintext_room {
  std::uint8_t *bytes = nullptr;
  size_t size = 0;
};

// The new envelope into `after`; or the SQLSTATE of what keeps it from being opened.  The
// plaintext is in memory of ours no longer than this.
SERVER_CODE const char *seal_anew(bytes_span envelope, const place &where, plaintext_room &room, Datum *after);

}  // namespace primecloud::secret
