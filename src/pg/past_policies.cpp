#include "pg/past_policies.hpp"

#include "pg/as_role.hpp"
#include "pg/startup.hpp"

extern "C" {
#include "executor/executor.h"
#include "optimizer/planner.h"
#include "parser/analyze.h"
#include "parser/parse_node.h"
#include "tcop/tcopprot.h"
#include "utils/lsyscache.h"
#include "utils/plancache.h"
}

namespace primecloud::pg {
namespace {

post_parse_analyze_hook_type next_analyze = nullptr;
planner_hook_type next_planner = nullptr;
ExecutorStart_hook_type next_start = nullptr;
ExecutorRun_hook_type next_run = nullptr;
ExecutorFinish_hook_type next_finish = nullptr;

// The statement that is to have the flag: ours, known by where its text stands, or the server's over a foreign key.
// Whatever else is read meanwhile (a literal of a domain has its checks run) is not it.
struct expectation {
  const char *text = nullptr;
  bool key_check = false, raised = false;
  Oid role = InvalidOid;
};
expectation expected;

SERVER_CODE void set_flag(bool up) {
  const identity now = current_identity();
  resume({now.role, up ? now.security | SECURITY_NOFORCE_RLS : now.security & ~SECURITY_NOFORCE_RLS});
}

// Without the flag, where it is up; an error has the transaction put back what was.
template <class F>
SERVER_CODE auto without_flag(F &&work) {
  if (!InNoForceRLSOperation()) return work();
  const identity before = current_identity();
  set_flag(false);
  if constexpr (std::is_void_v<decltype(work())>) {
    work();
    resume(before);
  } else {
    auto *result = work();
    resume(before);
    return result;
  }
}

bool is_named(const RangeTblEntry *entry, const char *name) {
  return entry->alias != nullptr && strcmp(entry->alias->aliasname, name) == 0;
}

// SELECT ... FROM ONLY child fk LEFT JOIN ONLY parent pk: two tables, and nothing in which code could stand but
// the operators of the key.
SERVER_CODE bool is_key_check(const Query *query) {
  if (query->commandType != CMD_SELECT || query->hasSubLinks || query->cteList != NIL || query->hasTargetSRFs ||
      list_length(query->rtable) != 3)
    return false;
  const auto *child = linitial_node(RangeTblEntry, query->rtable), *parent = lsecond_node(RangeTblEntry, query->rtable);
  for (const RangeTblEntry *each : {child, parent}) {
    if (each->rtekind != RTE_RELATION) return false;
    if (each->relkind != RELKIND_RELATION && each->relkind != RELKIND_PARTITIONED_TABLE) return false;
  }
  return is_named(child, "fk") && is_named(parent, "pk") &&
         lthird_node(RangeTblEntry, query->rtable)->rtekind == RTE_JOIN;
}

SERVER_CODE void look(const ParseState *state, const Query *query) {
  if (!OidIsValid(expected.role) || query->commandType == CMD_UTILITY) return;
  if (GetUserId() != expected.role || InNoForceRLSOperation()) return;
  if (expected.key_check ? !is_key_check(query) : state->p_sourcetext != expected.text) return;
  expected.raised = true;
  set_flag(true);
}

SERVER_CODE void look_at_plan(const Query *query) {
  check_reach(query, GetUserId());
  if (!expected.raised) return;
  expected.raised = false;
  set_flag(false);
}

// As long as `work` runs, which fails or returns with the expectation that was before.
template <class F>
SERVER_CODE void expecting(expectation what, F &&work) {
  const expectation before = expected;
  PG_TRY();
  {
    expected = what;
    work();
  }
  PG_FINALLY();
  { expected = before; }
  PG_END_TRY();
}

SERVER_CODE void watch_server() {
  next_analyze = post_parse_analyze_hook;
  post_parse_analyze_hook = [](ParseState *state, Query *query, auto... rest) {
    if (next_analyze != nullptr) next_analyze(state, query, rest...);
    look(state, query);
  };
  next_planner = planner_hook;
  planner_hook = [](Query *query, auto... rest) {
    if (InNoForceRLSOperation()) look_at_plan(query);
    return without_flag([&] { return (next_planner != nullptr ? next_planner : standard_planner)(query, rest...); });
  };
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

SPIPlanPtr prepare_past_policies(const char *statement, int count, Oid *types) {
  if (list_length(pg_parse_query(statement)) != 1)
    ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("what is run as the owner of a table is one statement"),
            errhint("Call it once for each."));
  SPIPlanPtr plan = nullptr;
  const identity before = current_identity();
  expecting({statement, false, false, before.role}, [&] { plan = SPI_prepare(statement, count, types); });
  resume(before);
  if (plan == nullptr) elog(ERROR, "could not prepare: %s", SPI_result_code_string(SPI_result));
  const ListCell *source, *query;
  foreach (source, SPI_plan_get_plan_sources(plan)) {
    foreach (query, static_cast<const CachedPlanSource *>(lfirst(source))->query_list)
      check_reach(lfirst_node(Query, query), before.role);
  }
  return plan;
}

int execute_key_check(const char *command) {
  int code = 0;
  expecting({nullptr, true, false, GetUserId()}, [&] { code = SPI_execute(command, false, 0); });
  return code;
}

}  // namespace primecloud::pg
