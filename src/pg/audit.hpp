// Records that ROLLBACK does not erase, sealed so that no role that may write to the log, or a
// message to the WAL, can forge one.
#pragma once

#include "pg/postgres.hpp"

namespace primecloud::pg {

// `text` with its time and seal, allocated in the current context; without, where the key is
// missing.  `text` holds no secret.
SERVER_CODE const char *sealed_record(const char *text);

// Written twice: to the server's log, and to the WAL as a logical message outside the
// transaction, which archives and logical decoding carry on (prefix primecloud.audit).  On a
// standby there is no WAL to write: the log alone has it.  Raises server errors, so that what
// cannot be recorded does not happen.
SERVER_CODE void record_beyond_rollback(const char *text);

}  // namespace primecloud::pg
