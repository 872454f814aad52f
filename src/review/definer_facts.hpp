// What a SECURITY DEFINER function reads of tenants.  Server code.
#pragma once

#include "review/view_facts.hpp"

namespace primecloud::review {

struct definer_search {
  const function_book &book;
  const tenant_tables &tenants;
  const askers &who;
  Oid home;  // where names without a schema are looked for
};

// A table of tenants that is read; its chain has the views and functions on the way, and is empty where the body itself
// names the table.
struct past_reading {
  reading at;
  bool past;  // whom no policy holds; else his own policies may show more
};
SERVER_CODE List *read_by_definer(const definer_search &of, Oid function, Oid owner);

}  // namespace primecloud::review
