// The call of a C++ function by SQL.
#pragma once

#include "pg/postgres.hpp"

namespace primecloud::pg {

// The call at hand: who called, with what types, and the call site's own memory
// (fn_extra, which lives in fn_mcxt).
struct call_site {
  FunctionCallInfo info;

  // The type of argument `number` (from 0), which for anyelement is the actual one.
  SERVER_CODE Oid argument_type(int number) const { return get_fn_expr_argtype(info->flinfo, number); }
  MemoryContext memory() const { return info->flinfo->fn_mcxt; }
  template <class T>
  T *&kept() const {
    return reinterpret_cast<T *&>(info->flinfo->fn_extra);
  }
};

}  // namespace primecloud::pg
