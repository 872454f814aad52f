// What a room wants done when the library is loaded: settings defined,
// callbacks registered.  A namespace-scope `startup` object queues its function;
// _PG_init runs the queue.  Order between rooms is not promised.
//
//   SERVER_CODE void define_settings() { DefineCustomBoolVariable(...); }
//   const pg::startup settings{define_settings};
#pragma once

#include "pg/server_code.hpp"

namespace primecloud::pg {

class startup {
 public:
  using action = void (*)();
  explicit startup(action run) noexcept : run_(run), next_(first_) { first_ = this; }
  startup(const startup &) = delete;
  startup &operator=(const startup &) = delete;

  // Runs every queued action.  Called once, from _PG_init.
  SERVER_CODE static void run_all() {
    for (const startup *each = first_; each != nullptr; each = each->next_) each->run_();
  }

 private:
  action run_;
  const startup *next_;
  static inline constinit const startup *first_ = nullptr;
};

}  // namespace primecloud::pg
