// The rows that convert_rows() fills, as they are read and given their new values in memory.  Server code.
#pragma once

#include "secret/column_text.hpp"
#include "secret/reseal_write.hpp"
#include "secret/unseal.hpp"

namespace primecloud::secret {

inline constexpr int most_rows_to_convert = 5000;
inline constexpr size_t most_bytes_to_convert = 8 << 20;

struct conversion {
  Relation table;
  AttrNumber source, target;
  Oid source_type, target_type;
  int32 target_typmod;
  column_text plain, tenant, id;
  std::string_view label;
  bool seals;  // plaintext into envelopes; else the other way
  unopened otherwise;
  key_standings keys;
  table_name name;
  candidate *rows;
  int count = 0;
  size_t bytes = 0;
  int64 found = 0, done = 0;
};

// Looks the columns up; raises where one of the two is not sealed, or both are.
SERVER_CODE void prepare_conversion(conversion &c, const char *source, const char *target, const char *tenant,
                                    const char *id);

// Takes a row that lacks its value, and makes that.
SERVER_CODE void take_for_conversion(conversion &c, TupleTableSlot *slot);

}  // namespace primecloud::secret
