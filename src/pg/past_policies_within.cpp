// A statement that runs is planned, so nothing in it needs the flag any more: code that runs within finds it down.
// So it is for what the server runs to keep a foreign key: a trigger on the rows that a key changes, and a default,
// are code of somebody's.
#include "pg/past_policies_flag.hpp"
#include "pg/startup.hpp"

extern "C" {
#include "executor/executor.h"
}

namespace primecloud::pg {
namespace {

ExecutorStart_hook_type next_start = nullptr;
ExecutorRun_hook_type next_run = nullptr;
ExecutorFinish_hook_type next_finish = nullptr;

SERVER_CODE void watch_server() {
  next_start = ExecutorStart_hook;
  ExecutorStart_hook = [](QueryDesc *query, int flags) {
    without_flag([&] { (next_start != nullptr ? next_start : standard_ExecutorStart)(query, flags); });
  };
  next_run = ExecutorRun_hook;
  ExecutorRun_hook = [](QueryDesc *query, auto... rest) {
    without_flag([&] { (next_run != nullptr ? next_run : standard_ExecutorRun)(query, rest...); });
  };
  next_finish = ExecutorFinish_hook;
  ExecutorFinish_hook = [](QueryDesc *query) {
    without_flag([&] { (next_finish != nullptr ? next_finish : standard_ExecutorFinish)(query); });
  };
}
const startup watching{watch_server};

}  // namespace
}  // namespace primecloud::pg
