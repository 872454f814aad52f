// The registration of a sealed column, read for those who seal or reveal for one of its rows.
#pragma once

#include "core/secret/envelope.hpp"
#include "pg/postgres.hpp"

namespace primecloud::secret {

struct registration {
  Oid table = InvalidOid;  // as the caller named it, a partition perhaps
  NameData column, tenant_column, id_column;
  Oid id_type = InvalidOid;
  std::size_t label_size = 0;
  char label[longest_label];

  std::string_view label_view() const noexcept { return {label, label_size}; }
};

// Fills `out` from primecloud.sealed_column; a partition is registered by its root.
// Raises 42704 where the column is not registered.  Server code.
SERVER_CODE void find_registration(Oid table, const char *column, registration &out);

// All of a table's, in the current memory context, their id types left out: how many.  Server code.
SERVER_CODE int find_registrations(Oid table, registration **out);

}  // namespace primecloud::secret
