// require_latest(): what is registered of tables as a transaction sees it, compared with how it is.  A
// transaction that keeps its first snapshot would drop a table of whose hold it does not know yet, and
// is refused instead; it may be tried again.
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/server_function.hpp"
#include "pg/table.hpp"

extern "C" {
#include "access/xact.h"
#include "common/hashfn.h"
}

namespace primecloud::registration {
namespace {

struct registry {
  const char *schema, *table;
};
constexpr registry registries[] = {{"primecloud_internal", "retention_hold"},
                                   {"primecloud_internal", "retention_policy"},
                                   {"primecloud_internal", "known_table"},
                                   {"primecloud_internal", "known_column"},
                                   {"primecloud", "sealed_column"}};

// Of which versions of rows a snapshot sees: where each stands.  No row that somebody still sees gives
// its place away.
SERVER_CODE uint64 places(Oid table, Snapshot seen) {
  uint64 sum = 0;
  pg::for_each_slot(table, seen, [&](TupleTableSlot *slot) {
    const ItemPointerData &place = slot->tts_tid;
    const uint64 number =
        static_cast<uint64>(ItemPointerGetBlockNumber(&place)) << 16 | ItemPointerGetOffsetNumber(&place);
    sum += murmurhash32(static_cast<uint32>(number)) + (static_cast<uint64>(murmurhash32(~number)) << 32);
  });
  return sum;
}

SERVER_CODE pg::nothing require_latest() noexcept {
  if (!IsolationUsesXactSnapshot()) return {};
  for (const registry &each : registries) {
    const Oid table = pg::table_in(each.schema, each.table);
    if (OidIsValid(table) && places(table, GetTransactionSnapshot()) != places(table, GetLatestSnapshot()))
      pg::raise(ERRCODE_T_R_SERIALIZATION_FAILURE,
                "what is registered of tables has changed since this transaction began", "Try the transaction again.");
  }
  return {};
}

}  // namespace
}  // namespace primecloud::registration

PRIMECLOUD_FUNCTION(primecloud_require_latest, primecloud::registration::require_latest);
