// hold_relation(relation, patient): nothing comes to it until this transaction ends, no policy, trigger, rule, index,
// constraint or part.  By its OID, since by its name it might be another's by now; and of a view itself alone, whose
// owner need have no right to lock what the view reads.
#include "pg/array_view.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/patience.hpp"
#include "pg/server_version.hpp"

extern "C" {
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
}

namespace {
using namespace primecloud;

SERVER_CODE bool take(Oid relation) { return ConditionalLockRelationOid(relation, ShareUpdateExclusiveLock); }

// Whether it is held: not while somebody else has it.  NULL: there is none of that OID any more.
SERVER_CODE std::optional<bool> hold_relation(Oid relation, bool patient) {
  const char *name = get_rel_name(relation);
  if (name == nullptr) return std::nullopt;
  // Nobody else's relation is locked by whoever asks.
  if (!pg::owns_relation(GetUserId(), relation))
    aclcheck_error(ACLCHECK_NOT_OWNER, get_relkind_objtype(get_rel_relkind(relation)), name);
  if (!take(relation) && !(patient && pg::patiently([&] { return take(relation); }))) return false;
  if (get_rel_name(relation) == nullptr) return std::nullopt;
  return true;
}

}  // namespace

PRIMECLOUD_FUNCTION(primecloud_hold_relation, hold_relation);
