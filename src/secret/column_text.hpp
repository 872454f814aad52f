// The text of a column as a cast to text gives it, without SQL.  Server code.
#pragma once

#include <string_view>

#include "pg/postgres.hpp"

extern "C" {
#include "executor/tuptable.h"
#include "utils/rel.h"
}

namespace primecloud::secret {

struct column_text {
  AttrNumber number = 0;
  enum { text, output, cast } how = text;
  FmgrInfo function{};  // makes a C string, or text; looked up once, not for each row
};

// Raises 42703 where there is no such column, 0A000 where its cast to text is a
// function of somebody's, which must not run here.
SERVER_CODE column_text find_column_text(Relation table, const char *name);

// In the current memory context, or in the slot.
SERVER_CODE std::string_view text_of_column(column_text &column, TupleTableSlot *slot, bool *null);

}  // namespace primecloud::secret
