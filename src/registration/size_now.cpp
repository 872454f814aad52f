// size_now(table): the bytes of its file, without waiting for whoever holds it locked.  pg_relation_size() waits, and
// so would everybody who asks about all tables for the one whose owner locks it.
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"

extern "C" {
#include "access/relation.h"
#include "catalog/pg_class.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "utils/rel.h"
}

namespace primecloud::registration {
namespace {

SERVER_CODE std::optional<std::int64_t> size_now(pg::relation rel) noexcept {
  if (!ConditionalLockRelationOid(rel.oid, AccessShareLock)) return std::nullopt;
  Relation table = try_relation_open(rel.oid, NoLock);
  std::int64_t bytes = 0;
  if (table != nullptr) {
    if (RELKIND_HAS_STORAGE(table->rd_rel->relkind))
      bytes = static_cast<std::int64_t>(RelationGetNumberOfBlocks(table)) * BLCKSZ;
    relation_close(table, NoLock);
  }
  UnlockRelationOid(rel.oid, AccessShareLock);
  return bytes;
}

}  // namespace
}  // namespace primecloud::registration

PRIMECLOUD_FUNCTION(primecloud_size_now, primecloud::registration::size_now);
