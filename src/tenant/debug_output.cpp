// debug_print_parse, debug_print_rewritten and debug_print_plan write every constant and every parameter of a
// statement into the server's log, and anybody may set them, by SET, by set_config() or as he connects. In a role that
// many tenants share they have no effect: they are off before the server looks at them.
#include "pg/startup.hpp"
#include "tenant/role_kind.hpp"

extern "C" {
#include "access/xact.h"
#include "miscadmin.h"
#include "optimizer/planner.h"
#include "parser/analyze.h"
#include "utils/guc.h"
}

namespace primecloud::tenant {
namespace {

post_parse_analyze_hook_type next_analyze = nullptr;
planner_hook_type next_planner = nullptr;

// Whoever acts, whom he has become by SET ROLE within a function of somebody else's, or who has logged in.
SERVER_CODE bool is_shared() {
  if (superuser_arg(GetSessionUserId())) return false;
  for (const Oid role : {GetUserId(), GetOuterUserId(), GetSessionUserId()}) {
    if (kind_of_role(role) == role_kind::app) return true;
  }
  return false;
}

SERVER_CODE void silence() {
  if (!Debug_print_parse && !Debug_print_rewritten && !Debug_print_plan) return;
  if (IsTransactionState() && is_shared()) Debug_print_parse = Debug_print_rewritten = Debug_print_plan = false;
}

SERVER_CODE void analyze(ParseState *state, Query *query, JumbleState *jumble) {
  silence();
  if (next_analyze != nullptr) next_analyze(state, query, jumble);
}

SERVER_CODE PlannedStmt *plan(Query *query, const char *text, int options, ParamListInfo parameters) {
  silence();
  return (next_planner != nullptr ? next_planner : standard_planner)(query, text, options, parameters);
}

SERVER_CODE void watch_debug_output() {
  next_analyze = post_parse_analyze_hook;
  post_parse_analyze_hook = analyze;
  next_planner = planner_hook;
  planner_hook = plan;
}
const pg::startup watching_debug_output{watch_debug_output};

}  // namespace
}  // namespace primecloud::tenant
