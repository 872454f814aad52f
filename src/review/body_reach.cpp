// What a function reads and writes in the end: by itself, and by what it calls.
#include "review/body_calls.hpp"

extern "C" {
#include "catalog/pg_aggregate.h"
#include "utils/syscache.h"
}

namespace primecloud::review {

SERVER_CODE List *supports_of_aggregate(Oid function) {
  HeapTuple tuple = SearchSysCache1(AGGFNOID, ObjectIdGetDatum(function));
  if (!HeapTupleIsValid(tuple)) return NIL;
  const auto *row = reinterpret_cast<const FormData_pg_aggregate *>(GETSTRUCT(tuple));
  List *found = NIL;
  for (const Oid support : {row->aggtransfn, row->aggfinalfn, row->aggcombinefn, row->aggserialfn, row->aggdeserialfn,
                            row->aggmtransfn, row->aggminvtransfn, row->aggmfinalfn})
    if (OidIsValid(support)) found = list_append_unique_oid(found, support);
  ReleaseSysCache(tuple);
  return found;
}

SERVER_CODE asked asked_in_the_end(Oid function) {
  asked found;
  // (Not all of what calls everything: a hundred functions are a body that is read by nobody.)
  found.functions = list_make1_oid(function);
  for (int i = 0; i < list_length(found.functions) && i < 100; i++) {
    CHECK_FOR_INTERRUPTS();
    const asked here = asked_by_body(list_nth_oid(found.functions, i), InvalidOid);
    found.relations = list_concat_unique_oid(found.relations, here.relations);
    found.written = list_concat_unique_oid(found.written, here.written);
    found.functions = list_concat_unique_oid(found.functions, here.functions);
  }
  return found;
}

}  // namespace primecloud::review
