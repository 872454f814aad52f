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
  Oid type = InvalidOid;  // UUIDOID, INT4OID, INT8OID or TEXTOID (for varchar, too)
};

// The column of that name; raises 42703 where there is none, 42804 where its type is another,
// 0A000 where its value is not stored.
SERVER_CODE plain_column find_plain_column(Relation table, const char *name);

// `text` as a value of the type; false if no value of it reads so.
SERVER_CODE bool plain_datum(Oid type, const char *text, Datum *value);

// Whether a stored value reads as `text`: texts byte for byte, whatever their collation.
SERVER_CODE bool plain_equals(Oid type, Datum stored, Datum wanted);

// The text of a stored value.
SERVER_CODE const char *plain_text(Oid type, Datum stored);

// The server's function behind `=` of the type.
Oid plain_equality(Oid type);

}  // namespace primecloud::tenant
