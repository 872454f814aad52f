// Values of the built-in types that a key of ours can have.  What is done with them is the
// server's own or ours, whatever domain, cast or collation the owner of a table defines.
#pragma once

#include "pg/postgres.hpp"

extern "C" {
#include "access/attnum.h"
#include "utils/rel.h"
}

namespace primecloud::tenant {

struct plain_column {
  AttrNumber number = 0;
  Oid type = InvalidOid;       // UUIDOID, INT2OID, INT4OID, INT8OID, BPCHAROID or TEXTOID (for varchar, too)
  Oid collation = InvalidOid;  // one by which texts of different bytes may be equal
};

// The built-in type that a column's type is or is a domain over; InvalidOid for one whose
// operators could be anybody's.
SERVER_CODE Oid plain_type(Oid type);

// The column of that name; raises 42703 where there is none, 42804 where its type is another,
// 0A000 where its value is not stored.
SERVER_CODE plain_column find_plain_column(Relation table, const char *name);

// `text` as a value of the type; false if no value of it is written so: one spelling for each.
SERVER_CODE bool plain_datum(Oid type, const char *text, Datum *value);

// Whether a stored value is the wanted one: texts byte for byte, unless the column's collation
// has it otherwise.
SERVER_CODE bool plain_equals(const plain_column &column, Datum stored, Datum wanted);

// The text of a stored value.
SERVER_CODE const char *plain_text(Oid type, Datum stored);

// The server's function behind `=` of the type.
Oid plain_equality(Oid type);

}  // namespace primecloud::tenant
