// From an envelope to plaintext inside the server, for what uses a secret and for what
// reveals it.  The caller decides who may and what is recorded.
#pragma once

#include <string_view>

#include "pg/server_code.hpp"
#include "secret/place.hpp"
#include "secret/sealed.hpp"

namespace primecloud::secret {

// The plaintext as a varlena (text or bytea) in the current memory context.  Raises
// PC001 to PC005 and PC007; a refusal is in the server's log under `purpose`.
// Server code, nothing with a destructor alive.
SERVER_CODE varlena *decrypt(bytes_span envelope, const place &where, std::string_view purpose);

// The same without PC007: the caller has asked by another right whether it may.
SERVER_CODE varlena *decrypt_for_anyone(bytes_span envelope, const place &where, std::string_view purpose);

// Whether the envelope opens there; false where decrypt() would raise PC005, all else is
// raised.  Leaves no record, since nothing is learned but that.
SERVER_CODE bool opens(bytes_span envelope, const place &where);

// Wipes and frees what decrypt() gave.
void wipe(varlena *plaintext) noexcept;

}  // namespace primecloud::secret
