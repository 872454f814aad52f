// A text of several statements, taken one by one.
//
// Server code: the text is read (PostgreSQL: pg_parse_query), and nothing in it is looked up.
#pragma once

#include "pg/c_string.hpp"

extern "C" {
#include "nodes/parsenodes.h"
#include "tcop/tcopprot.h"
}

namespace primecloud::pg {

// Calls visit(statement, is_last) for each, in their order.  Raises 42601 where one cannot be read, before any is
// visited.
template <typename Visit>
SERVER_CODE void for_each_statement(const char *text, Visit visit) {
  const List *const read = pg_parse_query(text);
  const ListCell *cell;
  foreach (cell, read) {
    const auto *raw = lfirst_node(RawStmt, cell);
    std::string_view statement(text + raw->stmt_location);
    if (raw->stmt_len != 0) statement = statement.substr(0, static_cast<std::size_t>(raw->stmt_len));  // 0: to the end
    visit(c_string(statement), lnext(read, cell) == nullptr);
  }
}

}  // namespace primecloud::pg
