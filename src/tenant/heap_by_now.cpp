#include "tenant/heap_by_now.hpp"

#include "pg/patience.hpp"

extern "C" {
#include "access/relation.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "storage/lmgr.h"
}

namespace primecloud::tenant {

Relation open_heap_by_now(Oid oid, const char *ask_instead) {
  if (!superuser())
    ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
            errmsg("must be superuser to read the rows of table %u", oid), errhint("%s", ask_instead));
  if (!pg::patiently([&] { return ConditionalLockRelationOid(oid, AccessShareLock); }))
    ereport(ERROR, errcode(ERRCODE_LOCK_NOT_AVAILABLE), errmsg("somebody holds table %u locked", oid),
            errhint("Ask again later."));
  Relation table = try_relation_open(oid, NoLock);
  if (table == nullptr)
    ereport(ERROR, errcode(ERRCODE_UNDEFINED_TABLE), errmsg("there is no table %u", oid),
            errhint("It was dropped meanwhile."));
  if (table->rd_rel->relkind != RELKIND_RELATION || table->rd_rel->relam != HEAP_TABLE_AM_OID)
    ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("\"%s\" is not a heap", RelationGetRelationName(table)),
            errhint("Name an ordinary table."));
  return table;
}

}  // namespace primecloud::tenant
