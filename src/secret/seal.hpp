// Plaintext in, an envelope out, for whoever has worked out where it belongs.
#pragma once
#include "pg/server_code.hpp"
#include "secret/place.hpp"
#include "secret/sealed.hpp"

namespace primecloud::secret {

// What every secret that comes in as text is asked: 22023 for what a form sends back
// unchanged and for what is sealed already; a warning for a literal.
SERVER_CODE void check_plaintext(std::string_view plaintext);

// Raises 54000 beyond a mebibyte, PC007 for a tenant that is not the caller's, and
// PC001 to PC004.  Server code.
SERVER_CODE sealed_value seal_octets(bytes_span plaintext, const place &where);
// Text is sealed in UTF-8.
SERVER_CODE sealed_value seal_text(std::string_view plaintext, const place &where);

}  // namespace primecloud::secret
