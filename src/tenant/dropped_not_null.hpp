// The column that a constraint kept from being NULL, where this transaction has dropped it.
#pragma once

#include <optional>
#include <string_view>

#include "pg/datum_builtin.hpp"

namespace primecloud {

// Of servers before 18, where NOT NULL is no constraint: never one.
SERVER_CODE std::optional<std::string_view> column_of_dropped_not_null(pg::relation table, const char *constraint);

}  // namespace primecloud
