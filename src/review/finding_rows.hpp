// Findings as rows of SQL: the parts of the evidence joined by a character that no name has.
#pragma once

#include "core/review/policy.hpp"
#include "pg/rows.hpp"

namespace primecloud::review {

// check, level, object, evidence, fix, parts
using finding_rows = pg::rows<std::tuple<std::string, std::string, std::string, std::string, std::string, std::string>>;
finding_rows rows_of(const findings &found);

}  // namespace primecloud::review
