// The settings of the room, as the server last set them.  Owned by the server.
#pragma once

namespace primecloud::secret {

// Path of the file with the root keys; empty when there is none.
extern char *root_key_file;

}  // namespace primecloud::secret
