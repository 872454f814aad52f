// Tables with their policies as the core judges them.  Server code.
#pragma once

#include "pg/array_view.hpp"
#include "review/body_calls.hpp"
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

// What a policy asks, by itself or by functions: tables that those it is for may write, and ways back to its own.
SERVER_CODE void look_at_asked(const function_book &book, const asked &below, const askers &who, Oid relation,
                               const stored_policy &stored, const char *label, policy &out);

}  // namespace primecloud::review
