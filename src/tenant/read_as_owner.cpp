// read_as_owner: a query of the extension's over a relation, as the relation's owner: what he
// put into its indexes, views and types has his rights, where a superuser's would be at stake.
#include "pg/owner_statement.hpp"
#include "pg/server_function.hpp"

extern "C" {
#include "catalog/pg_class.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
}

namespace {
using namespace primecloud;

SERVER_CODE Oid owner_of_relation(Oid relation) {
  HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
  if (!HeapTupleIsValid(tuple))
    ereport(ERROR, errcode(ERRCODE_UNDEFINED_TABLE), errmsg("there is no table %u", relation),
            errhint("It was dropped meanwhile."));
  const Oid owner = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->relowner;
  ReleaseSysCache(tuple);
  return owner;
}

struct parameters {
  int count = 0;
  Oid *types = nullptr;
  Datum *values = nullptr;
  char *nulls = nullptr;
};

// Texts as values of their types.
SERVER_CODE parameters read_parameters(ArrayType *types, ArrayType *texts) {
  parameters read;
  Datum *type, *value;
  bool *null;
  int values;
  deconstruct_array(types, REGTYPEOID, sizeof(Oid), true, TYPALIGN_INT, &type, &null, &read.count);
  deconstruct_array(texts, TEXTOID, -1, false, TYPALIGN_INT, &value, &null, &values);
  if (values != read.count) elog(ERROR, "%d types for %d values", read.count, values);
  read.types = static_cast<Oid *>(palloc(sizeof(Oid) * static_cast<size_t>(read.count)));
  read.values = static_cast<Datum *>(palloc(sizeof(Datum) * static_cast<size_t>(read.count)));
  read.nulls = static_cast<char *>(palloc(static_cast<size_t>(read.count)));
  for (int i = 0; i < read.count; i++) {
    read.types[i] = DatumGetObjectId(type[i]);
    read.nulls[i] = null[i] ? 'n' : ' ';
    Oid input, parameter;
    getTypeInputInfo(read.types[i], &input, &parameter);
    read.values[i] = OidInputFunctionCall(input, null[i] ? nullptr : TextDatumGetCString(value[i]), parameter, -1);
  }
  return read;
}

SERVER_CODE void give(ReturnSetInfo *to) {
  const TupleDesc got = SPI_tuptable->tupdesc, wanted = to->setDesc;
  bool agree = got->natts == wanted->natts;
  for (int i = 0; agree && i < got->natts; i++)
    agree = TupleDescAttr(got, i)->atttypid == TupleDescAttr(wanted, i)->atttypid;
  if (!agree)
    ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("the query gives other columns than are asked for"));
  for (uint64 row = 0; row < SPI_processed; row++) tuplestore_puttuple(to->setResult, SPI_tuptable->vals[row]);
}

SERVER_CODE Datum read_as_owner(FunctionCallInfo fcinfo) noexcept {
  // Past the policies that would hold the owner: nobody else sees every row anyway.
  if (!superuser())
    ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("must be superuser to read as somebody else"));
  const Oid owner = owner_of_relation(PG_GETARG_OID(0));
  char *statement = text_to_cstring(PG_GETARG_TEXT_PP(1));
  InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
  if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "could not connect to the SQL manager");
  const parameters p = read_parameters(PG_GETARG_ARRAYTYPE_P(2), PG_GETARG_ARRAYTYPE_P(3));
  pg::run_as_owner(owner, statement, p.count, p.types, p.values, false, nullptr, p.nulls);
  give(reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo));
  SPI_finish();
  return 0;
}
}  // namespace

PRIMECLOUD_SERVER_FUNCTION(primecloud_read_as_owner, read_as_owner);
