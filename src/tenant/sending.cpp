#include "tenant/sending.hpp"

#include "pg/boundary.hpp"
#include "pg/startup.hpp"
#include "tenant/carrier.hpp"
#include "tenant/cluster.hpp"
#include "tenant/context.hpp"

extern "C" {
#include "access/xact.h"
#include "commands/dbcommands.h"
#include "tcop/tcopprot.h"
#include "tcop/utility.h"
#include "utils/timestamp.h"
}

namespace primecloud::tenant {
const carrier *carrying = nullptr;

namespace {

constexpr int no_root_key = MAKE_SQLSTATE('P', 'C', '0', '0', '1');
constexpr std::int64_t send_again_after = 10'000'000;  // a third of what it lives
static_assert(send_again_after * 3 <= carried_life);

// What was sent in this transaction, the latest of each savepoint: Citus forgets what was sent in a savepoint as soon
// as that ends, and a connection that is made later hears of the rest alone.
struct sending {
  SubTransactionId in;
  std::uint64_t serial;
  TimestampTz at;
};
struct {
  bool any = false;
  int count = 0, room = 0;
  sending *each = nullptr;
} sent;

// Compared with what comes, never believed of itself: an error leaves them until the transaction ends.
const char *value_now = nullptr, *statement_now = nullptr;

void forget_all() noexcept {
  sent.any = false;
  sent.count = 0;
  value_now = statement_now = nullptr;
}

SERVER_CODE void note_sent(std::uint64_t serial) {
  if (sent.room == sent.count) {
    const int room = sent.room * 2 + 8;
    const auto size = sizeof(sending) * static_cast<std::size_t>(room);
    sent.each = static_cast<sending *>(sent.each == nullptr ? MemoryContextAlloc(TopMemoryContext, size)
                                                            : repalloc(sent.each, size));
    sent.room = room;
  }
  const SubTransactionId here = GetCurrentSubTransactionId();
  if (sent.count > 0 && sent.each[sent.count - 1].in == here) sent.count--;
  sent.each[sent.count++] = {here, serial, GetCurrentTimestamp()};
  sent.any = true;
}

void at_end_of_transaction(XactEvent event, void *) noexcept {
  if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE) forget_all();
}
void at_end_of_subtransaction(SubXactEvent event, SubTransactionId ended, SubTransactionId, void *) noexcept {
  if (event != SUBXACT_EVENT_COMMIT_SUB && event != SUBXACT_EVENT_ABORT_SUB) return;
  while (sent.count > 0 && sent.each[sent.count - 1].in >= ended) sent.count--;
  value_now = statement_now = nullptr;
}

// Where nothing is distributed, nobody needs the context elsewhere.
SERVER_CODE bool can_seal() {
  if (carrying->can_seal()) return true;
  if (anything_is_distributed())
    ereport(ERROR, errcode(no_root_key), errmsg("without a root key no context goes to the nodes that hold the rows"),
            errhint("Give each node of the cluster the same root key: primecloud.root_key_file."), errhidestmt(true),
            errhidecontext(true));
  return false;
}

SERVER_CODE const char *text_for(const char *encoded, std::uint64_t session) {
  const char *database = get_database_name(MyDatabaseId), *text = nullptr;
  pg::boundary([&] { text = carrying->seal(encoded, {database, session}); });
  if (strlen(text) > longest_carried)
    ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
            errmsg("the user was granted too many ids in the account for them to go along to other nodes"),
            errhint("Take back what is not needed, or grant what holds many of them: confine_table() goes by its id as "
                    "well."),
            errhidestmt(true), errhidecontext(true));
  return text;
}

// By the way of any statement, which Citus watches.  The user's own setting of whether his are repeated comes back.
SERVER_CODE void run_on_nodes(const char *text) {
  char *statement = psprintf("SET LOCAL primecloud.carried = '%s'", text);
  auto *plan = makeNode(PlannedStmt);
  plan->commandType = CMD_UTILITY;
  plan->utilityStmt = linitial_node(RawStmt, raw_parser(statement, RAW_PARSE_DEFAULT))->stmt;
  const int settings = NewGUCNestLevel();
  set_config_option("citus.propagate_set_commands", "local", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0,
                    false);
  value_now = text;
  statement_now = statement;
  ProcessUtility(plan, statement, false, PROCESS_UTILITY_QUERY, nullptr, nullptr, None_Receiver, nullptr);
  value_now = statement_now = nullptr;
  AtEOXact_GUC(true, settings);
}

SERVER_CODE void watch_sending() {
  RegisterXactCallback(at_end_of_transaction, nullptr);
  RegisterSubXactCallback(at_end_of_subtransaction, nullptr);
}
const pg::startup watching_sending{watch_sending};

}  // namespace

void send_context(const char *encoded, std::uint64_t serial) {
  if (!citus_is_loaded() || asking_session() != 0) return;
  const std::uint64_t session = own_session();
  if (session == 0 || !can_seal()) return;
  const MemoryContext work = AllocSetContextCreate(CurrentMemoryContext, "context sent to nodes", ALLOCSET_SMALL_SIZES);
  const MemoryContext before = MemoryContextSwitchTo(work);
  run_on_nodes(text_for(encoded, session));
  MemoryContextSwitchTo(before);
  MemoryContextDelete(work);
  note_sent(serial);
}

void send_again_if_due() {
  if (!sent.any || current() == nullptr || IsInParallelMode()) return;
  const sending *last = sent.count > 0 ? &sent.each[sent.count - 1] : nullptr;
  if (last != nullptr && last->serial == context_serial() && last->at + send_again_after > GetCurrentTimestamp())
    return;
  send_context(encoded(), context_serial());
}

bool is_being_sent(const char *value) noexcept { return value_now != nullptr && strcmp(value_now, value) == 0; }
bool is_sending_statement(const char *text) noexcept { return text != nullptr && text == statement_now; }

}  // namespace primecloud::tenant
