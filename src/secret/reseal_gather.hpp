// What a reseal works on: rows of one table, from one tid on.  Server code.
#pragma once

#include "pg/postgres.hpp"
#include "secret/key_cache.hpp"

extern "C" {
#include "lib/stringinfo.h"
#include "storage/itemptr.h"
}

namespace primecloud::secret {

struct reseal_request {
  Oid table;  // one that holds rows itself
  const char *column, *tenant_column, *id_column;
  std::string_view label;
  ItemPointerData from;  // the first tid to look at
  BlockNumber blocks;    // how many to look at, at most
  int most;              // rows to seal anew, at most
  bool careful;          // take what looks locked for a candidate: it is asked for
  const char *refusal;   // SQLSTATE under which the rows found are noted instead; or null
};

// A row to be sealed anew: its tid, its envelope as bytea, the new one as sealed; whose it
// is, for a problem that shows only when it is written.
struct candidate {
  ItemPointerData tid;
  Datum before, after;
  const char *tenant, *id;
  std::int64_t key;
};

struct gathered {
  candidate *rows;
  int count = 0;
  std::int64_t locked = 0;
  ItemPointerData next;     // the first tid not looked at
  StringInfoData problems;  // JSON array, still open: rows that cannot be sealed anew, and why
};
SERVER_CODE void note_problem(StringInfo problems, const char *tenant, const char *id, std::int64_t key,
                              const char *code);

// Reads the rows whose envelope an older key has sealed, and seals them anew in memory.
// The table stays open, and `snapshot` registered, so that no tid is reused until the
// rows have been written.
gathered gather_rows(Relation table, Snapshot snapshot, const reseal_request &request);

}  // namespace primecloud::secret
