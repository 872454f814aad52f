// An index that rows can be found through without running anything of its owner's.
#pragma once
#include "pg/server_code.hpp"
#include "tenant/plain_value.hpp"

namespace primecloud::tenant {

inline constexpr int most_keys = 2;

struct key_index {
  Oid index = InvalidOid;   // none: the table is read from end to end
  int keys = 0;             // leading columns of the index that are keys
  int key[most_keys] = {};  // which key each of them is
};

// The index of `table` with the most leading columns among `columns`: a btree that is ready
// and whole (neither predicate nor expression), of the server's own operator classes.
// Decided by the catalog alone: an index that is not taken is not opened.
SERVER_CODE key_index choose_index(Relation table, int keys, const plain_column *columns);

}  // namespace primecloud::tenant
