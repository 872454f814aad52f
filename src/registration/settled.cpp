// registrations_settled(), note_settled(): all that is registered was found to be of known tables and
// columns, and nothing of it has been written since.  Whoever changes tables asks for what is not known
// yet only where that may have changed: after a restore, or when somebody has registered something.
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "registration/registries.hpp"

namespace primecloud::registration {
namespace {

// Of this session; other snapshots that see the same versions of rows see the same.
uint64 seen_settled = 0;

SERVER_CODE uint64 versions() {
  const Snapshot seen = ActiveSnapshotSet() ? GetActiveSnapshot() : GetTransactionSnapshot();
  uint64 sum = 1;
  for (const registry &each : registries) sum = hash_combine64(sum, versions_of(each, seen));
  return sum;
}

SERVER_CODE bool settled() noexcept { return seen_settled != 0 && seen_settled == versions(); }

SERVER_CODE pg::nothing note_settled() noexcept {
  seen_settled = versions();
  return {};
}

}  // namespace
}  // namespace primecloud::registration

PRIMECLOUD_FUNCTION(primecloud_registrations_settled, primecloud::registration::settled);
PRIMECLOUD_FUNCTION(primecloud_note_settled, primecloud::registration::note_settled);
