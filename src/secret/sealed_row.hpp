// The envelope of a row of a registered column, with what it is bound to, as far as the current
// role may read the row.
#pragma once

#include <optional>
#include <string_view>

#include "pg/datum_builtin.hpp"
#include "secret/registration.hpp"

namespace primecloud::secret {

struct located_row {
  const char *tenant;      // nullptr where the row has none
  std::string_view label;  // as `id`, in the current memory context
  const char *id;
  varlena *envelope;  // nullptr where it is NULL
};

// Found without SQL (sealed_row.cpp says why).  Among the rows of `tenant` alone, where it is
// given.  Raises where there is no such row, or more than one.
SERVER_CODE located_row locate_row(std::optional<pg::relation> table, std::optional<pg::name_view> column,
                                   std::optional<std::string_view> row_id,
                                   std::optional<std::string_view> tenant = std::nullopt);

}  // namespace primecloud::secret
