// Envelopes within a value: its own, those of an array's elements, those of a row's columns, through
// domains over any of these.  Server code.
#pragma once

#include "secret/sealed_scan.hpp"

namespace primecloud::secret {

// Whether a type is sealed, or an array, a row or a domain, within which there may be more.
SERVER_CODE bool may_hold_envelopes(Oid type, Oid sealed);

// Calls `each` with the key of every envelope in `value`, in the current memory context.
SERVER_CODE void for_each_envelope(Datum value, Oid type, Oid sealed, void (*each)(void *, int64), void *to);

}  // namespace primecloud::secret
