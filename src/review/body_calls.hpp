// What a tree, or the body of a function, reads and calls: by its tree, or by its words.  Nothing is run.  Server code.
#pragma once

#include "review/body.hpp"
#include "review/tree_function.hpp"

namespace primecloud::review {

struct asked {
  List *relations = NIL, *functions = NIL;
  List *written = NIL;  // of a body
};
SERVER_CODE void add_asked(Node *tree, asked &found);

// Of a function: what stands in its FROM and is joined, and functions that are neither the server's nor the product's,
// which without a schema are looked for in its own and in `home`.  relations_named() of body.hpp has every word.
SERVER_CODE asked asked_by_body(Oid function, Oid home);
SERVER_CODE asked asked_in_the_end(Oid function);  // and of what that calls
SERVER_CODE List *supports_of_aggregate(Oid function);
SERVER_CODE asked asked_by(const function_book &book, Oid function);  // remembered

// As whom a body runs; false for the server's own, the product's, and what is not there.
struct runner {
  Oid owner;
  bool definer;
  Oid for_role(Oid caller) const { return definer ? owner : caller; }
};
SERVER_CODE bool read_runner(Oid function, runner &as);

}  // namespace primecloud::review
