// Functions that say themselves what they then ask.
#include "review/body.hpp"

extern "C" {
#include "access/htup_details.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/syscache.h"
}

namespace primecloud::review {
namespace {

// A setting of a library or of the application, or as whom it runs.
bool says_who_comes(const char *setting) {
  const char *end = strchr(setting, '='), *dot = strchr(setting, '.');
  if (dot != nullptr && (end == nullptr || dot < end)) return true;
  return strncmp(setting, "role=", 5) == 0 || strncmp(setting, "session_authorization=", 22) == 0;
}

SERVER_CODE bool sets_who_comes(HeapTuple tuple) {
  bool absent = true;
  const Datum settings = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_proconfig, &absent);
  if (absent) return false;
  Datum *texts;
  int count;
  deconstruct_array(DatumGetArrayTypeP(settings), TEXTOID, -1, false, TYPALIGN_INT, &texts, nullptr, &count);
  for (int i = 0; i < count; i++)
    if (says_who_comes(TextDatumGetCString(texts[i]))) return true;
  return false;
}

}  // namespace

SERVER_CODE bool says_itself(Oid function, const body_context &asked) {
  HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
  if (!HeapTupleIsValid(tuple)) return false;  // dropped meanwhile
  const auto *row = reinterpret_cast<const FormData_pg_proc *>(GETSTRUCT(tuple));
  const bool found = (row->prosecdef && asked.as_it_runs) || sets_who_comes(tuple);
  ReleaseSysCache(tuple);
  return found;
}

}  // namespace primecloud::review
