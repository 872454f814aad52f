// A door: what callers may not do themselves, done by the extension's owner, the keeper,
// once he has looked at who asks.
//
//   CREATE FUNCTION exempt(rel regclass, ...) RETURNS void LANGUAGE c AS '...', 'primecloud_door';
//   CREATE FUNCTION primecloud_internal.exempt_as(caller oid, rel regclass, ...) RETURNS void LANGUAGE plpgsql ...;
//
// The door runs the function of its own name and arguments with `_as` behind the name, in
// primecloud_internal or beside it, as the keeper; the caller is the current user, whom SECURITY DEFINER would not
// know. A view that may be written would know him too, but lends locks: LOCK TABLE on it takes, with the rights of its
// owner, every relation below it.
//
// The function behind the door believes its first argument alone: it compares names, writes
// tables of the extension, and runs nothing that a lesser role made.
#include "pg/as_role.hpp"
#include "pg/server_function.hpp"

extern "C" {
#include "nodes/makefuncs.h"
#include "parser/parse_func.h"
#include "utils/lsyscache.h"
}

namespace {
using namespace primecloud;

struct room {
  FmgrInfo function;
  Oid keeper;
};

SERVER_CODE Oid find_behind(Oid door, Oid keeper) {
  HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(door));
  if (!HeapTupleIsValid(tuple)) elog(ERROR, "cache lookup failed for function %u", door);
  const auto *form = reinterpret_cast<Form_pg_proc>(GETSTRUCT(tuple));
  Oid types[FUNC_MAX_ARGS] = {OIDOID};
  const int count = form->pronargs;
  if (count >= FUNC_MAX_ARGS) elog(ERROR, "function %u has too many arguments for a door", door);
  for (int i = 0; i < count; i++) types[i + 1] = form->proargtypes.values[i];
  const Oid returns = form->prorettype;
  char *name = psprintf("%s_as", NameStr(form->proname));
  ReleaseSysCache(tuple);
  List *inside = list_make2(makeString(pstrdup("primecloud_internal")), makeString(name));
  const Oid behind = LookupFuncName(inside, count + 1, types, false);
  if (get_func_rettype(behind) != returns || pg::owner_of_function(behind) != keeper || func_strict(behind)) {
    elog(ERROR, "function %u is not what door %u opens", behind, door);
  }
  return behind;
}

SERVER_CODE room *behind(FmgrInfo *door) {
  if (door->fn_extra == nullptr) {
    auto *found = static_cast<room *>(MemoryContextAllocZero(door->fn_mcxt, sizeof(room)));
    found->keeper = pg::owner_of_function(door->fn_oid);
    fmgr_info_cxt(find_behind(door->fn_oid, found->keeper), &found->function, door->fn_mcxt);
    door->fn_extra = found;
  }
  return static_cast<room *>(door->fn_extra);
}

SERVER_CODE Datum pass(FunctionCallInfo door) noexcept {
  if (InSecurityRestrictedOperation()) {
    ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
            errmsg("the extension's tables are not written from inside a security-restricted operation"),
            errhint("Call the function by itself, not from an index, a trigger or a view."));
  }
  room *const inside = behind(door->flinfo);
  LOCAL_FCINFO(call, FUNC_MAX_ARGS);
  InitFunctionCallInfoData(*call, &inside->function, static_cast<short>(door->nargs + 1), InvalidOid, nullptr, nullptr);
  call->args[0] = {ObjectIdGetDatum(GetUserId()), false};
  for (int i = 0; i < door->nargs; i++) call->args[i + 1] = door->args[i];
  const pg::identity before = pg::current_identity();
  pg::become(inside->keeper, 0);
  const Datum answer = FunctionCallInvoke(call);
  pg::resume(before);
  door->isnull = call->isnull;
  return answer;
}
}  // namespace

PRIMECLOUD_SERVER_FUNCTION(primecloud_door, pass);
