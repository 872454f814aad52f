// Running the command that prints the root keys.  Server code.
#pragma once

#include <cstddef>

#include "pg/server_code.hpp"

namespace primecloud::secret {

// Runs `command` with /bin/sh and reads what it prints straight into `buffer`, past
// stdio: no copy stays behind in a stream.  Returns how many bytes.
// Raises PC001, with `buffer` wiped, where it prints `size` bytes or more, or does not end
// well within `timeout` milliseconds; it is killed then, with what it started.
SERVER_CODE std::size_t run_root_key_command(const char *command, int timeout, char *buffer, std::size_t size);

}  // namespace primecloud::secret
