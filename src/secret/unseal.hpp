// Envelopes that become plaintext for good: what leaves the extension.  Server code.
#pragma once

#include "secret/key_standing.hpp"
#include "secret/place.hpp"
#include "secret/sealed.hpp"

namespace primecloud::secret {

// What becomes of an envelope that cannot be opened, since its key was destroyed, is missing, or is
// another place's.
enum class unopened : char { refuse, null, envelope };

// Raises 22023 for a word that is none of them.
SERVER_CODE unopened unopened_of(std::string_view word);

// Who takes a column's secrets out of their envelopes may open them one by one, too.  Raises 42501.
SERVER_CODE void check_may_open(const char *table, const char *column);

// The SQLSTATE of what keeps an envelope from being opened in its place; nullptr where it opens.
SERVER_CODE const char *why_closed(bytes_span envelope, const place &where, key_standings &keys);

// The plaintext as a varlena; or nullptr, where the envelope does not open there and is not refused.
// With `refuse` as decrypt(), which says why.
SERVER_CODE varlena *open_for_good(bytes_span envelope, const place &where, key_standings &keys, unopened otherwise);

// The same as text of the database (22021 where it is none, with what to do), or as bytes; what does not open
// is NULL, or the text of its envelope.
SERVER_CODE bool plain_value(bytes_span envelope, const place &where, key_standings &keys, unopened otherwise,
                             bool as_bytes, Datum *value);

}  // namespace primecloud::secret
