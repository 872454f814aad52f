// The rows of a table and of those below it that have an id, as far as the caller's policies
// let him read them.  Server code.
#pragma once

#include <optional>

#include "secret/own_rows.hpp"
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
  own_rows *own = nullptr;  // what the session that asks from another server has written here, if there may be any
  Datum id = 0, tenant = 0;
  bool tenant_is_known = false;  // by the policies: rows of others are not even looked at
  tenant::caller_policies policies = {};
  int rows = 0;
  bool whole = true;  // false: there are foreign tables, which are not read
  found_row first = {};
};

// Those with the id that `row_id` spells, among the rows of `tenant` alone, where it is given.  Partitions and children
// too, by the privileges and policies of the table that was named; on the servers that they lie on.
SERVER_CODE void find_rows(reading &r, std::string_view row_id, std::optional<std::string_view> tenant);

}  // namespace primecloud::secret
