// Rows of somebody's table by the values of key columns, read without SQL: no query is
// planned, no expression of the table's owner is evaluated, no operator or cast of his is
// called.  Index predicates and expressions, checks, domains, policies, rules, partition
// keys and statistics are his code, and nothing here looks at them.
//
// Server code: raises server errors, allocates in the current memory context, owns nothing.
#pragma once

#include "pg/postgres.hpp"
#include "tenant/key_index.hpp"

extern "C" {
#include "utils/snapshot.h"
}

namespace primecloud::tenant {

struct key_value {
  const char *column;
  const char *text;     // what the column's value reads as, byte for byte
  bool number = false;  // no text and no uuid, however it reads
};

struct keyed_question {
  const char *schema, *table;
  Oid owner;           // who must own the table, and each table below it that is believed
  const char *column;  // whose text is asked
  int keys;
  key_value key[most_keys];
};

struct texts {
  int count = 0;
  const char **value = nullptr;  // nullptr for NULL
};

// The texts of `column` in every row whose keys are those, in the table, its partitions and
// its inheritance children.  Tables below it that another role owns are passed over.
// A table that Citus has spread is asked by SQL, as its owner (tenant/elsewhere.hpp).
// Refuses what cannot be read this way: 42P01, 42501, 42703, 42804, 0A000.
SERVER_CODE texts find_rows(const keyed_question &asked, Snapshot seen);

}  // namespace primecloud::tenant
