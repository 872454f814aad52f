#include "tenant/two_phases.hpp"

#include "tenant/cluster.hpp"

extern "C" {
#include "fmgr.h"
}

namespace primecloud::tenant {
namespace {

// Citus answers its own tests so.
SERVER_CODE PGFunction citus_says_so() {
  static PGFunction found = nullptr;
  if (found == nullptr)
    found = reinterpret_cast<PGFunction>(
        load_external_function("citus", "coordinated_transaction_should_use_2PC", false, nullptr));
  return found;
}

SERVER_CODE bool commits_together() {
  const PGFunction asked = citus_says_so();
  if (asked == nullptr) return false;
  LOCAL_FCINFO(call, 0);
  InitFunctionCallInfoData(*call, nullptr, 0, InvalidOid, nullptr, nullptr);
  return DatumGetBool(asked(call));
}

}  // namespace

void check_commits_together() {
  if (!citus_is_loaded() || commits_together()) return;
  ereport(ERROR, errcode(ERRCODE_SYSTEM_ERROR),
          errmsg("Citus would commit rows that are gone before the record of them"),
          errhint("Use a version of Citus that was tried: docs/versions.md."));
}

}  // namespace primecloud::tenant
