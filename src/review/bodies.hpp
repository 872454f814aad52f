// Bodies of SQL functions that are text, parsed: nothing is looked up, and what does not parse is left alone.  Server
// code.
#pragma once

#include "review/tree_function.hpp"

namespace primecloud::review {

// Of all functions that the policies of a relation call.
SERVER_CODE void parse_bodies(const function_book &book, Oid relation);

}  // namespace primecloud::review
