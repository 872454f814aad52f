// The rows of a table and of those below it that have an id, as far as the caller's policies
// let him read them.  Server code.
#pragma once

#include "secret/registration.hpp"
#include "tenant/caller_policies.hpp"
#include "tenant/row_search.hpp"

namespace primecloud::secret {

struct found_row {
  const char *tenant = nullptr, *id = nullptr;
  varlena *envelope = nullptr;
};

struct reading {
  Relation table;
  const registration &column;
  Datum id, tenant;
  bool tenant_is_known = false;  // by the policies: rows of others are not even looked at
  tenant::caller_policies policies;
  int rows = 0;
  bool whole = true;  // false: there are foreign tables, which are not read
  found_row first;
};

// Partitions and children too, by the privileges and policies of the table that was named.
SERVER_CODE void read_tree(reading &r);

}  // namespace primecloud::secret
