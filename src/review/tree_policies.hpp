// Tables with their policies as the core judges them.  Server code.
#pragma once

#include "pg/array_view.hpp"
#include "review/tree_relation.hpp"

namespace primecloud::review {

// Who comes: the app, then the roles that it may become; 0 is PUBLIC.
struct askers {
  const Oid *roles;
  std::size_t count;
};

// Lays out the table; false: it is not there, or has no row security.  `contexts`, if asked for: of own_context, what
// its policies compare the tenant with.
SERVER_CODE bool lay_out(const function_book &book, const askers &who, Oid relation, AttrNumber tenant, table &out,
                         List **contexts = nullptr);

}  // namespace primecloud::review
