// What review_change() does with a statement, by its kind.
#pragma once

#include <string_view>

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

inline constexpr const char *stays = "what it does stays, whatever is rolled back";
bool is_lasting(std::string_view function);

SERVER_CODE verdict judge(Node *statement);
// And what its words call, where the parser's tree is not walked: in views, defaults, cursors, texts.
verdict judge_calls(const Node *statement, std::string_view text);

// Whether it says CONCURRENTLY.
SERVER_CODE bool is_concurrent(const Node *statement);

}  // namespace primecloud::review
