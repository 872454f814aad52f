// Where in a script a word stands: outside of quotes and comments.
#pragma once

#include <cstddef>
#include <string_view>

namespace primecloud::review {

struct span {
  std::size_t at = 0;
  std::size_t size = 0;  // 0: it is not there
};

// The first CONCURRENTLY that is a word of the language. (As a name it would be quoted.)
span word_concurrently(std::string_view statement) noexcept;

// The first command of psql (\i, \copy), by its backslash and its letters, and how many
// statements end before it.  (The server knows no backslash but in quotes.)
span psql_command(std::string_view script, int &ended) noexcept;

}  // namespace primecloud::review
