// As much of a value as stands in an error: whoever sends a long one does not fill the log with it.
#pragma once

#include "pg/postgres.hpp"

extern "C" {
#include "mb/pg_wchar.h"
}

namespace primecloud::pg {

SERVER_CODE inline char *clipped(std::string_view text) {
  constexpr int longest = 200;
  const auto size = static_cast<int>(text.size());
  return pnstrdup(text.data(), static_cast<Size>(size <= longest ? size : pg_mbcliplen(text.data(), size, longest)));
}

}  // namespace primecloud::pg
