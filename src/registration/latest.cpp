// require_latest(): what is registered of tables as a transaction sees it, compared with how it is.  A
// transaction that keeps its first snapshot would drop a table of whose hold it does not know yet, and
// is refused instead; it may be tried again.
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/server_function.hpp"
#include "registration/registries.hpp"

extern "C" {
#include "access/xact.h"
}

namespace primecloud::registration {
namespace {

SERVER_CODE pg::nothing require_latest() noexcept {
  if (!IsolationUsesXactSnapshot()) return {};
  for (const registry &each : registries) {
    if (versions_of(each, GetTransactionSnapshot()) != versions_of(each, GetLatestSnapshot()))
      pg::raise(ERRCODE_T_R_SERIALIZATION_FAILURE,
                "what is registered of tables has changed since this transaction began", "Try the transaction again.");
  }
  return {};
}

}  // namespace
}  // namespace primecloud::registration

PRIMECLOUD_FUNCTION(primecloud_require_latest, primecloud::registration::require_latest);
