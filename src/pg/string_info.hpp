// The server's growing strings as a sink of pieces of text.
#pragma once

#include "pg/postgres.hpp"

extern "C" {
#include "lib/stringinfo.h"
}

namespace primecloud::pg {

// For server code: an error skips nothing that needs care.
SERVER_CODE inline auto into(StringInfo out) {
  return [out](std::string_view piece) { appendBinaryStringInfo(out, piece.data(), static_cast<int>(piece.size())); };
}

}  // namespace primecloud::pg
