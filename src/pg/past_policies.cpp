#include "pg/past_policies.hpp"

#include "pg/past_policies_flag.hpp"
#include "pg/startup.hpp"

extern "C" {
#include "access/xact.h"
#include "optimizer/planner.h"
#include "parser/analyze.h"
#include "parser/parse_node.h"
#include "tcop/tcopprot.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/plancache.h"
}

namespace primecloud::pg {
namespace {

post_parse_analyze_hook_type next_analyze = nullptr;
planner_hook_type next_planner = nullptr;

// The statement that is to have the flag: ours, known by where its text stands, or the server's over a foreign key.
// Whatever else is read meanwhile (a literal of a domain has its checks run) is not it.
struct expectation {
  const char *text;  // nullptr: the query over a foreign key
  Oid role;
  int level;  // of the transactions, as they nest
  bool raised;
  expectation *outer;
};
expectation *expected = nullptr;  // in the memory of the transaction

SERVER_CODE void expect(const char *text) {
  auto *fresh = static_cast<expectation *>(MemoryContextAlloc(TopTransactionContext, sizeof(expectation)));
  *fresh = {text, GetUserId(), GetCurrentTransactionNestLevel(), false, expected};
  expected = fresh;
}

SERVER_CODE void expect_no_more() {
  expectation *const done = expected;
  expected = done->outer;
  pfree(done);
}

// What an error has broken off is expected no more.
SERVER_CODE void at_end_of_part(SubXactEvent event, SubTransactionId, SubTransactionId, void *) {
  if (event != SUBXACT_EVENT_ABORT_SUB) return;
  while (expected != nullptr && expected->level >= GetCurrentTransactionNestLevel()) expect_no_more();
}
void at_end_of_transaction(XactEvent, void *) noexcept { expected = nullptr; }

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
  if (expected == nullptr || query->commandType == CMD_UTILITY) return;
  if (GetUserId() != expected->role || InNoForceRLSOperation()) return;
  if (expected->text == nullptr ? !is_key_check(query) : state->p_sourcetext != expected->text) return;
  expected->raised = true;
  set_flag(true);
}

SERVER_CODE void look_at_plan(const Query *query) {
  check_reach(query, GetUserId());
  if (expected == nullptr || !expected->raised) return;
  expected->raised = false;
  set_flag(false);
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
  RegisterXactCallback(at_end_of_transaction, nullptr);
  RegisterSubXactCallback(at_end_of_part, nullptr);
}
const startup watching{watch_server};

}  // namespace

SPIPlanPtr prepare_past_policies(const char *statement, int count, Oid *types) {
  if (list_length(pg_parse_query(statement)) != 1)
    ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
            errmsg("what is run as the owner of a table is one statement"), errhint("Call it once for each."));
  const identity before = current_identity();
  expect(statement);
  SPIPlanPtr plan = SPI_prepare(statement, count, types);
  expect_no_more();
  resume(before);
  if (plan == nullptr) elog(ERROR, "could not prepare: %s", SPI_result_code_string(SPI_result));
  const ListCell *source, *query;
  foreach (source, SPI_plan_get_plan_sources(plan)) {
    foreach (query, static_cast<const CachedPlanSource *>(lfirst(source))->query_list)
      check_reach(lfirst_node(Query, query), before.role);
  }
  return plan;
}

void expect_key_check() { expect(nullptr); }
void expect_key_check_no_more() { expect_no_more(); }

int execute_key_check(const char *command) {
  expect_key_check();
  const int code = SPI_execute(command, false, 0);
  expect_key_check_no_more();
  return code;
}

}  // namespace primecloud::pg
