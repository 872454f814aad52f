// Rows of primecloud.reveal_log.  Server code.
#pragma once

#include "pg/postgres.hpp"
#include "secret/audit.hpp"

namespace primecloud::secret {

// Writes the row so that it is there at once, for everybody, and stays whatever becomes of
// the transaction, as what a sequence gave stays given: who reveals cannot take it back, nor
// avoid it by a transaction that may not write.
SERVER_CODE void write_reveal_row(const reveal &what, const char *session_role);

// Rows of a role that are younger than `since`, no more than `most` of them counted.
SERVER_CODE int count_reveals(const char *session_role, TimestampTz since, int most);

}  // namespace primecloud::secret
