// What the review knows of a function by its oid: read from the catalog, never called.  Server code.
#pragma once

#include "core/review/tree.hpp"
#include "pg/postgres.hpp"

namespace primecloud::review {

struct function_facts {
  Oid oid;
  const char *name;      // as it is called
  const char *label;     // what ALTER FUNCTION takes: schema.name(types); the name alone of the server's own
  bits flags;            // of a call
  bool pinned, product;  // the server's own; of the schema primecloud
  bool context;          // asks who comes, by its name or its body
  bool inlines;          // SQL that the planner puts in the place of the call
  Node *raw;             // its body, parsed and no more (bodies.hpp); nullptr where that is not done or not possible
  bool tried;            // to parse it
  List *reads, *calls;   // relations and functions of its body (body_calls.hpp); where it was looked for
  bool followed;
};

// Remembers what it has looked at.
struct function_book {
  HTAB *known;
  Oid product_schema;
  Oid app;  // whose EXECUTE is asked; InvalidOid for PUBLIC
};
SERVER_CODE function_book open_function_book(Oid app);
SERVER_CODE function_facts *facts_of(const function_book &book, Oid function);

// What the flags of a setting's context are, by its name.
SERVER_CODE bits flags_of_setting(const char *name);
bool names_a_person(std::string_view name);

}  // namespace primecloud::review
