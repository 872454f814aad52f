// The rows of a reseal as they are locked and written: as the table's owner
// (pg/owner_statement.hpp), within SPI.  Both move the rows they found to the front, and say
// how many.
#pragma once

#include "secret/reseal_gather.hpp"

namespace primecloud::secret {

struct table_name {
  const char *qualified, *column;
  Oid owner;
};

// Locks the rows that nobody else has.  A row that changed since it was read has another
// tid by now, and is left out too.
SERVER_CODE int lock_rows(const table_name &name, candidate *rows, int count);

// A row that holds another envelope by now keeps it: the comparison is made again on the
// newest version of a row that somebody has just changed.
SERVER_CODE int write_rows(const table_name &name, candidate *rows, int count);

}  // namespace primecloud::secret
