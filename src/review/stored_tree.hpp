// A tree as a catalog has it.  Server code.
#pragma once

#include "core/review/long_constants.hpp"
#include "pg/postgres.hpp"

extern "C" {
#include "nodes/nodes.h"
#include "utils/builtins.h"
}

namespace primecloud::review {

// (The server parses each byte of a constant by itself: in long ones nobody reads on.)
SERVER_CODE inline Node *stored_tree(Datum stored, bool null) {
  if (null) return nullptr;
  char *said = TextDatumGetCString(stored);
  said[shorten_constants(said, strlen(said))] = '\0';
  return static_cast<Node *>(stringToNode(said));
}

}  // namespace primecloud::review
