// The rows of a table by the values of key columns, found without SQL: no query is planned,
// no expression of the table's owner is evaluated, no operator or cast of his is called.
// Index predicates and expressions, checks, domains, rules, partition keys and statistics are
// his code, and nothing here looks at them; of policies neither, which are the caller's to ask.
//
//   row_scan scan = begin_scan(table, wanted, snapshot);
//   while (TupleTableSlot *row = next_row(scan)) ...
//   end_scan(scan);
//
// Server code.
#pragma once

#include "pg/postgres.hpp"
#include "tenant/key_index.hpp"

extern "C" {
#include "access/genam.h"
#include "access/tableam.h"
#include "utils/snapshot.h"
}

namespace primecloud::tenant {

struct row_search {
  int keys = 0;
  plain_column column[most_keys];
  Datum wanted[most_keys] = {};
};

struct row_scan {
  const row_search *search = nullptr;
  TupleTableSlot *slot = nullptr;
  TableScanDesc whole = nullptr;  // or
  IndexScanDesc through = nullptr;
  Relation index = nullptr;
};

// Through an index that is the server's own alone (key_index.hpp), or from end to end.
// `search` outlives the scan.
SERVER_CODE row_scan begin_scan(Relation table, const row_search &search, Snapshot seen);

// The next row whose keys are those; nullptr when there is none left.
SERVER_CODE TupleTableSlot *next_row(row_scan &scan);

SERVER_CODE void end_scan(row_scan &scan);

}  // namespace primecloud::tenant
