// Who opened what: a row in primecloud.reveal_log and a line in the server's log, neither of
// which a ROLLBACK takes back.
#pragma once

#include <string_view>

#include "pg/server_code.hpp"

namespace primecloud::secret {

struct reveal {
  std::string_view tenant, label, row_id, purpose;
  long long key_id;
};

// Counts the reveal against primecloud.reveals_per_transaction and primecloud.reveals_per_hour
// (PC008 above them) and records it.  Raises when it cannot: no secret leaves unrecorded.  Server code.
SERVER_CODE void record_reveal(const reveal &what);

// Leaves a line in the server's log for each end of a move: nobody has seen the secret,
// but from now on it opens elsewhere.
SERVER_CODE void record_move(const reveal &from, const reveal &to);

// Leaves a row and a line for a column whose secrets all become plaintext where they lie: for the whole of it,
// whatever the limits are.
SERVER_CODE void record_unsealing(std::string_view label, std::string_view purpose);

// Leaves a line in the server's log alone: the error that follows undoes any row.
SERVER_CODE void record_refusal(const reveal &what);

}  // namespace primecloud::secret
