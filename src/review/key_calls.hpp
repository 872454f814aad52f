// Calls of pgcrypto with a key.  Server code.
#pragma once

#include "pg/server_version_trees.hpp"

namespace primecloud::review {

bool takes_key(std::string_view name);

// Whether a key in a tree is a constant; `context` is a const char * and becomes the function's name.
SERVER_CODE bool has_key(Node *n, void *context);

}  // namespace primecloud::review
