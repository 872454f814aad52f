// The sealed columns of a table whose rows are guarded, with what their envelopes are bound to: by number, looked up
// once, and again when a table or a registration has changed.  Server code.
#pragma once

#include "secret/column_text.hpp"
#include "secret/registration.hpp"

namespace primecloud::secret {

struct guarded_column {
  registration of;
  AttrNumber number;  // of the sealed column
  column_text tenant, id;
  bool whole;  // both are there
};

struct guarded_columns {
  Oid table;  // the hash table's
  int count;
  guarded_column *columns;
};

// Of a table or partition; valid until the server is told of a change.
SERVER_CODE guarded_columns &guarded_columns_of(Relation table);

}  // namespace primecloud::secret
