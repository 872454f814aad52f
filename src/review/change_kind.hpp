// What review_change() does with a statement, by its kind.
#pragma once

#include "pg/postgres.hpp"

extern "C" {
#include "nodes/nodes.h"
}

namespace primecloud::review {

// `run`, `skip` (it begins or ends a transaction, which review_change() does itself), `alone` (it runs outside of
// transactions: told, not run), `refuse` (it does what no ROLLBACK undoes).
struct verdict {
  const char *action;
  const char *why;
};

SERVER_CODE verdict judge(Node *statement);

// Whether it says CONCURRENTLY.
SERVER_CODE bool is_concurrent(const Node *statement);

}  // namespace primecloud::review
