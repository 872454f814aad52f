// The context of a schema's own, where it has one: what is to be said of a tenant is said with it.  Server code.
#pragma once

#include "review/tree_relation.hpp"

namespace primecloud::review {

// What a policy compares the tenant column of its table with.
struct own_context {
  const char *said;  // as SQL
  Oid type;
  bool product;    // the product's
  bool person;     // somebody, and no tenant
  bool forgeable;  // any SQL may set it
};

// Those of one policy's expression, onto the others.
SERVER_CODE List *contexts_in(const function_book &book, const subject &of, Node *expression, List *found);

// Those of a schema with those of one more of its tables, each once.
SERVER_CODE List *with_contexts(List *of_schema, const List *of_table);

// Of those of the table itself, else of the schema, what the table's tenant is to be compared with; `out.bound` stays
// as it is where that is the product's.
SERVER_CODE void choose_context(const List *of_table, const List *of_schema, Oid relation, AttrNumber tenant,
                                table &out);

}  // namespace primecloud::review
