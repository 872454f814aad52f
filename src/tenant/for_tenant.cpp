#include "tenant/for_tenant.hpp"

#include "tenant/cluster.hpp"
#include "tenant/owner.hpp"
#include "tenant/repeated_set.hpp"
#include "tenant/sending.hpp"
#include "tenant/two_phases.hpp"

extern "C" {
#include "utils/guc.h"
}

namespace primecloud::tenant {
namespace {

// What a SET LOCAL of the user's own has set there is what is set here.
SERVER_CODE const char *own_wait() {
  const char *repeated = GetConfigOption("citus.propagate_set_commands", true, false);
  const bool own = repeated != nullptr && strcmp(repeated, "local") == 0;
  return own ? pstrdup(GetConfigOption("lock_timeout", false, false)) : nullptr;
}

}  // namespace

for_tenant begin_for_tenant(const char *tenant, Oid owner) {
  check_no_context("the retention of a distributed table");
  const for_tenant work{tenant, owner, own_wait(), NewGUCNestLevel()};
  send_question(tenant, owner);
  repeat_on_nodes("lock_timeout", "250ms");
  // One after the other over one connection to each node.
  if (citus_is_loaded())
    set_config_option("citus.multi_shard_modify_mode", "sequential", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true,
                      0, false);
  return work;
}

void end_for_tenant(const for_tenant &work, bool wrote) {
  if (wrote) check_commits_together();
  take_question_back(work.tenant, work.owner);
  repeat_on_nodes("lock_timeout", work.wait);
  AtEOXact_GUC(false, work.settings);
}

}  // namespace primecloud::tenant
