// What shared tables say to whoever writes them: policies that let nobody in would leave the owner without rows, and
// without a word.
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "tenant/owner.hpp"

extern "C" {
#include "rewrite/rowsecurity.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"
}

namespace {
using namespace primecloud;

// Somebody's own policy may let the owner in: then that one decides.
SERVER_CODE bool has_own_policy(Oid table) {
  Relation relation = RelationIdGetRelation(table);
  if (!RelationIsValid(relation)) return false;
  bool found = false;
  const ListCell *cell;
  if (relation->rd_rsdesc != nullptr) {
    foreach (cell, relation->rd_rsdesc->policies) {
      const auto *policy = static_cast<const RowSecurityPolicy *>(lfirst(cell));
      found |= policy->permissive && policy->polcmd != ACL_SELECT_CHR &&
               strncmp(policy->policy_name, "primecloud_", strlen("primecloud_")) != 0;
    }
  }
  RelationClose(relation);
  return found;
}

SERVER_CODE bool refuse_owner(pg::relation table) noexcept {
  const tenant::table_state state = tenant::state_of(table.oid);
  if (!state.exists || !tenant::acts_as(state.owner) || has_own_policy(table.oid)) return false;
  ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
          errmsg("table %s is shared: every tenant reads it, and none writes it", tenant::qualified_name(table.oid)),
          errhint("Its owner writes it outside any account, after primecloud.migrating('%s', '{%s}') in a transaction "
                  "block.",
                  get_namespace_name(get_rel_namespace(table.oid)), get_rel_name(table.oid)));
  return false;
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_refuse_owner, refuse_owner);
