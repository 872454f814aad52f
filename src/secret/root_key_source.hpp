// Reading the root key file.  Server code; raises PC001 where it cannot be had.
#pragma once

#include "core/secret/root_key.hpp"

namespace primecloud::secret {

// The root key of a version, or the newest for version 0.  False if the file has no
// such version; any other trouble is raised.
bool read_root_key(std::int32_t version, root_key *out);

}  // namespace primecloud::secret
