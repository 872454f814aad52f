#include "tenant/sending.hpp"

#include "core/tenant/identity.hpp"
#include "pg/boundary.hpp"
#include "pg/c_string.hpp"
#include "pg/role_name.hpp"
#include "pg/startup.hpp"
#include "tenant/carrier.hpp"
#include "tenant/context.hpp"
#include "tenant/repeated_set.hpp"

extern "C" {
#include "access/xact.h"
#include "utils/timestamp.h"
}

namespace primecloud::tenant {
namespace {

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

void forget_all() noexcept {
  sent.any = false;
  sent.count = 0;
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
}

// No user has an empty name.
const char *encode_question(const char *tenant) {
  identity asking;
  asking.tenant = tenant;
  asking.role = role::owner;
  return pg::c_string_of(encode(asking));
}

SERVER_CODE void watch_sending() {
  RegisterXactCallback(at_end_of_transaction, nullptr);
  RegisterSubXactCallback(at_end_of_subtransaction, nullptr);
}
const pg::startup watching_sending{watch_sending};

}  // namespace

void send_context(const char *encoded, std::uint64_t serial) {
  if (set_on_nodes(encoded, "")) note_sent(serial);
}

void send_question(const char *tenant, Oid owner) {
  const char *encoded = nullptr;
  pg::boundary([&] { encoded = encode_question(tenant); });
  (void)set_on_nodes(encoded, pg::role_name(owner));
}

bool is_sent() noexcept { return sent.count > 0; }

void take_question_back(const char *tenant, Oid owner) {
  const char *encoded = nullptr;
  pg::boundary([&] { encoded = encode_question(tenant); });
  (void)set_on_nodes(encoded, pg::role_name(owner), holds::no_more);
}

void send_again_if_due() {
  if (!sent.any || current() == nullptr || IsInParallelMode()) return;
  const sending *last = sent.count > 0 ? &sent.each[sent.count - 1] : nullptr;
  if (last != nullptr && last->serial == context_serial() && last->at + send_again_after > GetCurrentTimestamp())
    return;
  send_context(encoded(), context_serial());
}

}  // namespace primecloud::tenant
