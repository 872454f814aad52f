// The settings of the room, as the server last set them.  Owned by the server.
#pragma once

namespace primecloud::secret {

// Path of the file with the root keys; empty when there is none.
extern char *root_key_file;
// Program that prints the root keys; empty when there is none.
extern char *root_key_command;
// Milliseconds that the program may take.
extern int root_key_command_timeout;
// Secrets that one transaction may open.
extern int reveals_per_transaction;
// Secrets that one role may open in an hour; negative: any number.
extern int reveals_per_hour;
// Whether a secret stays closed where no row of it can be written: on a standby.
extern bool reveal_needs_row;
// Whether the extension may be dropped while sealed columns hold rows.
extern bool allow_drop;

}  // namespace primecloud::secret
