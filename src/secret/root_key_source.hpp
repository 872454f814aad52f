// The root keys, from primecloud.root_key_file or primecloud.root_key_command.  Server
// code; raises PC001 where they cannot be had.
#pragma once

#include "core/secret/root_key.hpp"
#include "pg/server_code.hpp"

namespace primecloud::secret {

// The root key of a version, or the newest for version 0.  False if there is no such
// version; any other trouble is raised.  A file is read again when it has
// changed; a command is run once a session, and again for a version that it had not printed.
SERVER_CODE bool read_root_key(std::int32_t version, root_key *out);

}  // namespace primecloud::secret
