// owners_rows: the rows of a table for who has the rights of its owner, wherever they lie.  They are read as the
// superuser whom the other servers let in, without SQL: the caller need not be one that may log in there, and nobody's
// code is run.
#include "pg/as_superuser.hpp"
#include "pg/server_function.hpp"

extern "C" {
#include "access/relation.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/rel.h"
}

namespace {
using namespace primecloud;

constexpr char asked_of_everybody[] =
    "SELECT r.first_value, r.second_value, r.third_value, r.is_open FROM primecloud_internal.rows_anywhere($1, $2) AS "
    "r";

// Whose it is, looked up under the lock that holds while it is read.
SERVER_CODE Relation open_own(Oid oid) {
  Relation table = try_relation_open(oid, AccessShareLock);
  if (table == nullptr)
    ereport(ERROR, errcode(ERRCODE_UNDEFINED_TABLE), errmsg("there is no table %u", oid),
            errhint("It was dropped meanwhile."));
  if (!has_privs_of_role(GetUserId(), table->rd_rel->relowner))
    aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_TABLE, RelationGetRelationName(table));
  return table;
}

SERVER_CODE Datum owners_rows(FunctionCallInfo fcinfo) noexcept {
  const Oid types[] = {REGCLASSOID, NAMEARRAYOID};
  Datum values[] = {PG_GETARG_DATUM(0), PG_GETARG_DATUM(1)};
  Relation table = open_own(PG_GETARG_OID(0));
  InitMaterializedSRF(fcinfo, 0);
  auto *to = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
  pg::as_superuser([&] {
    pg::run(asked_of_everybody, 2, types, values);
    for (uint64 row = 0; row < SPI_processed; row++) tuplestore_puttuple(to->setResult, SPI_tuptable->vals[row]);
  });
  relation_close(table, NoLock);
  return 0;
}
}  // namespace

PRIMECLOUD_SERVER_FUNCTION(primecloud_owners_rows, owners_rows);
