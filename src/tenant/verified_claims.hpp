// Whether a token holds now, and what it says.
//
// A backend keeps what it has verified, so that the next transaction of the same client
// costs a comparison and not a signature.  Time and the key row, as it is committed then,
// are looked at again at every hit.
#pragma once

#include "core/tenant/token.hpp"
#include "pg/postgres.hpp"

namespace primecloud::tenant {

struct verified_claims {
  const token_claims *claims;
  const char *key_id;
  const char *issuer;  // nullptr: it names none
  int64 key_ends;      // microseconds since 2000-01-01 UTC
};

// Claims of a token that holds now, owned by the cache until the next call; throws the
// reason otherwise.
verified_claims claims_of(std::string_view text);

}  // namespace primecloud::tenant
