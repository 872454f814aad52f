// Whether an envelope belongs where it lies, whoever asks: a matter of the row, as a foreign key is.  It makes no
// plaintext, leaves no record and asks for no right, so its answer is for the server's own use.  Server code.
#pragma once

#include "secret/place.hpp"

namespace primecloud::secret {

enum class fit : char {
  opens,
  elsewhere,  // sealed for another place, altered, or under a key that is not here
  retired,    // its key opens nothing until it is restored
  damaged,    // no envelope
  lost        // its key was destroyed: it opens nowhere
};

// Of envelopes of other tenants no more is told than `elsewhere`, whatever their keys are.
// Raises PC001 and PC002.
SERVER_CODE fit fit_of(bytes_span envelope, const place &where);

}  // namespace primecloud::secret
