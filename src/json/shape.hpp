// How values of one SQL type become JSON: found once for a call site, used for
// every row.  Shapes live in the memory context they were made in and are never
// freed one by one; they hold names and function addresses, never a TupleDesc.
#pragma once

#include "pg/postgres.hpp"

namespace primecloud::json {

enum class kind { null, boolean, number, json, timestamp, money, array, row, by_cast, text };

struct shape {
  Oid type = InvalidOid;
  kind how = kind::null;
  Oid base = InvalidOid;      // the type below any domains
  FmgrInfo *write = nullptr;  // output function, or the cast to json for by_cast
  unsigned settings = 0;      // what the output function reads (json/settled.hpp)
  // arrays
  shape *element = nullptr;
  int16 length = 0;
  bool by_value = false;
  char align = 0;
};

// A row type's columns as they were at the last look.
struct row_shape {
  Oid type = InvalidOid;
  int32 typmod = -1;
  uint64 version = 0;  // the server's, of the columns: another where they may have changed
  int count = 0;
  struct column {
    Oid type;
    bool dropped;
    NameData name;
    const char *key;  // quoted camelCase name with its colon
    shape as;
  } *columns = nullptr;
  row_shape *next = nullptr;
};

// What a call site remembers.
struct memory {
  MemoryContext context;
  shape top;
  row_shape *rows;
  int nest;  // of the settings of this call; 0: the session's own
};

// The shape of a type, made in `context`.
SERVER_CODE shape shape_of(Oid type, MemoryContext context);

// The shape of the row type that `descriptor` describes: remembered if its columns
// are still the same, else made anew.  Two columns whose names are one in camelCase
// are an error (42701).
SERVER_CODE const row_shape &shape_of_row(memory &site, TupleDesc descriptor);

}  // namespace primecloud::json
