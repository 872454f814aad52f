// hide_plaintext: the planner asks how a call may be made simpler, and is given the same
// call with its plaintext as a constant of type hidden.
//
// The function takes the same bytes, so nothing else changes: not its privileges, which go
// by its oid, nor its volatility; no plan depends on a key.
#include "pg/function.hpp"
#include "pg/owned.hpp"
#include "pg/server_function.hpp"

extern "C" {
#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_proc.h"
#include "nodes/primnodes.h"
#include "nodes/supportnodes.h"
#include "utils/syscache.h"
}

namespace {
using namespace primecloud;

bool is_plaintext(std::string_view argument) noexcept {
  for (const std::string_view name :
       {"plaintext", "token", "value", "candidate", "password", "secret", "key", "new_key"}) {
    if (argument == name) return true;
  }
  return false;
}

SERVER_CODE Oid hidden_type() {
  const Oid space = get_namespace_oid("primecloud_internal", true);
  return OidIsValid(space)
             ? GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum("hidden"), ObjectIdGetDatum(space))
             : InvalidOid;
}

SERVER_CODE int argument_names(Oid function, char ***names) {
  HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
  if (!HeapTupleIsValid(tuple)) return 0;
  bool no_names, no_modes;
  const Datum stored = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_proargnames, &no_names);
  const Datum modes = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_proargmodes, &no_modes);
  const int count = no_names ? 0 : get_func_input_arg_names(stored, no_modes ? Datum{0} : modes, names);
  ReleaseSysCache(tuple);
  return count;
}

bool may_show(const Node *argument) noexcept {
  if (!IsA(argument, Const)) return false;
  const auto *constant = reinterpret_cast<const Const *>(argument);
  return !constant->constisnull && (constant->consttype == TEXTOID || constant->consttype == BYTEAOID);
}

// nullptr where there is nothing to hide.
SERVER_CODE FuncExpr *hidden_call(FuncExpr *call) {
  char **names = nullptr;
  const int count = argument_names(call->funcid, &names);
  const Oid type = hidden_type();
  if (!OidIsValid(type)) return nullptr;
  FuncExpr *hidden = nullptr;
  for (int i = 0; i < count && i < list_length(call->args); i++) {
    if (names[i] == nullptr || !is_plaintext(names[i]) || !may_show(static_cast<Node *>(list_nth(call->args, i))))
      continue;
    if (hidden == nullptr) hidden = static_cast<FuncExpr *>(copyObjectImpl(call));
    auto *constant = static_cast<Const *>(list_nth(hidden->args, i));
    constant->consttype = type;
    constant->consttypmod = -1;
    constant->constcollid = InvalidOid;
  }
  return hidden;
}

SERVER_CODE Datum hide_plaintext(FunctionCallInfo fcinfo) noexcept {
  auto *request = reinterpret_cast<Node *>(PG_GETARG_POINTER(0));
  if (!IsA(request, SupportRequestSimplify)) PG_RETURN_POINTER(nullptr);
  PG_RETURN_POINTER(hidden_call(reinterpret_cast<SupportRequestSimplify *>(request)->fcall));
}

constexpr char hidden_name[] = "primecloud_internal.hidden";
using hidden_value = pg::owned<hidden_name>;
SERVER_CODE hidden_value hidden_in(const char *) noexcept {
  ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
          errmsg("cannot accept a value of type primecloud_internal.hidden"), errhidestmt(true), errhidecontext(true));
  pg_unreachable();
}
SERVER_CODE const char *hidden_out(hidden_value) noexcept { return pstrdup("hidden"); }  // whoever asked frees it
}  // namespace

PRIMECLOUD_SERVER_FUNCTION(primecloud_hide_plaintext, hide_plaintext);
PRIMECLOUD_FUNCTION(primecloud_hidden_in, hidden_in);
PRIMECLOUD_FUNCTION(primecloud_hidden_out, hidden_out);
