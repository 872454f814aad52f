// The settings of the room, as the server last set them.  Owned by the server.
#pragma once

namespace primecloud::secret {

// Path of the file with the root keys; empty when there is none.
extern char *root_key_file;
// Command that prints the root keys; empty when there is none.
extern char *root_key_command;
// Milliseconds that the command may take.
extern int root_key_command_timeout;
// Secrets that one transaction may open.
extern int reveals_per_transaction;
// Whether the extension may be dropped while sealed columns hold rows.
extern bool allow_drop;

}  // namespace primecloud::secret
