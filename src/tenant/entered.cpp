#include "tenant/entered.hpp"

#include "pg/postgres.hpp"
#include "pg/startup.hpp"
#include "tenant/context.hpp"

extern "C" {
#include "access/xact.h"
#include "executor/executor.h"
#include "tcop/pquery.h"
#include "utils/portal.h"
}

namespace primecloud::tenant {
namespace {

struct {
  bool known = false;
  SubTransactionId in = InvalidSubTransactionId;
} entered;

// A query that has been run under a context which ROLLBACK TO may take away, while the query
// itself, begun before the savepoint, stays: it would go on giving rows of that context.
struct begun_query {
  MemoryContextCallback forget;  // with its portal
  Portal portal;
  begun_query *next;
};
begun_query *begun = nullptr;

void forget(void *query) noexcept {
  for (begun_query **at = &begun; *at != nullptr; at = &(*at)->next) {
    if (*at == query) {
      *at = (*at)->next;
      return;
    }
  }
}

SERVER_CODE void note_begun(Portal portal) {
  for (const begun_query *each = begun; each != nullptr; each = each->next) {
    if (each->portal == portal) return;
  }
  auto *query = static_cast<begun_query *>(MemoryContextAllocZero(portal->portalContext, sizeof(begun_query)));
  query->portal = portal;
  query->forget.func = forget;
  query->forget.arg = query;
  MemoryContextRegisterResetCallback(portal->portalContext, &query->forget);
  query->next = begun;
  begun = query;
}

ExecutorRun_hook_type next_run = nullptr;

// Entered outside of any savepoint, a context is not taken away before the queries are.
SERVER_CODE void note_run() {
  if (entered.known && entered.in != TopSubTransactionId && ActivePortal != nullptr && current() != nullptr)
    note_begun(ActivePortal);
}

// What runs at this moment is the code that meets the failure: only what waits to be gone on
// with is ended.
SERVER_CODE void end_begun_queries() {
  for (begun_query *each = begun, *next; each != nullptr; each = next) {
    next = each->next;
    if (each->portal->status == PORTAL_READY) MarkPortalFailed(each->portal);
  }
}

void at_end_of_transaction(XactEvent event, void *) noexcept {
  if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE) entered.known = false;
}

// Later savepoints have greater numbers: those that have ended are part of the one around them.
SERVER_CODE void at_end_of_subtransaction(SubXactEvent event, SubTransactionId ended, SubTransactionId, void *) {
  if (event != SUBXACT_EVENT_ABORT_SUB || !entered.known || entered.in < ended) return;
  entered.known = false;
  end_begun_queries();
}

SERVER_CODE void watch_entered() {
  next_run = ExecutorRun_hook;
  // (What it takes behind the direction differs between servers.)
  ExecutorRun_hook = [](QueryDesc *query, ScanDirection direction, auto... rest) {
    note_run();
    (next_run != nullptr ? next_run : standard_ExecutorRun)(query, direction, rest...);
  };
  RegisterXactCallback(at_end_of_transaction, nullptr);
  RegisterSubXactCallback(at_end_of_subtransaction, nullptr);
}
const pg::startup watching_entered{watch_entered};

}  // namespace

void note_entered() {
  if (entered.known) return;
  entered.in = GetCurrentSubTransactionId();
  entered.known = true;
}

bool has_entered() noexcept { return entered.known; }

}  // namespace primecloud::tenant
