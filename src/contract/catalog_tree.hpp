// Expressions of the catalog, read into what contract's core understands.  A tree comes from the catalog's text by
// stringToNode; nothing of it is looked up to be planned, folded by the server or run.
#pragma once

#include "core/contract/term.hpp"
#include "pg/postgres.hpp"

extern "C" {
#include "nodes/primnodes.h"
}

namespace primecloud::contract {

// A condition.  VALUE, in a domain's, stands for the column of that number.
SERVER_CODE const term *read_condition(Node *tree, int value_number);

struct constants {
  const constant *all = nullptr;
  int count = -1;  // -1: no constant
};

// What an expression is always, or the elements of an array that it is: a constant, under casts that change nothing
// but the type.
SERVER_CODE constants read_constant(Node *tree);
SERVER_CODE constants read_constant_array(Node *tree);

// What stands below nodes that let a value pass as it is.
struct read_column {
  int number = 0;         // 0: no column
  Oid type = InvalidOid;  // below domains
  bool by_label = false;  // the text of an enum
};
SERVER_CODE read_column column_of(Node *tree, int value_number);

// What an operator compares; the server's own alone are known.
struct comparison {
  bool known = false, of_numbers = false;
  term::sign order = term::sign::equal;
};
SERVER_CODE comparison compares(Oid op, Oid collation);

// Whether a cast between numbers gives a number of the same digits for every number, or, of a constant, for this one.
bool widens(Oid function) noexcept;
bool keeps_digits(Oid function) noexcept;

SERVER_CODE number_kind kind_of_number(Oid type);
SERVER_CODE bool is_text_like(Oid type);

}  // namespace primecloud::contract
