// Text that is plaintext, or is sealed already.  Server code.
#pragma once

#include "secret/seal.hpp"

namespace primecloud::secret {

// Seals plaintext; keeps an envelope that opens in its place, and raises PC005 for one that does not: what begins
// like an envelope may be somebody's, copied from elsewhere.
SERVER_CODE sealed_value seal_or_keep(std::string_view value, const place &where);

}  // namespace primecloud::secret
