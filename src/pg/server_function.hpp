// PRIMECLOUD_SERVER_FUNCTION(symbol, function): a function that the server alone calls
// (type input from a message, aggregate transition, sort support), with arguments of
// type internal that no SQL signature describes.
//
// `function` is `Datum (FunctionCallInfo) noexcept`: it throws nothing, owns nothing that
// needs destroying, and may raise server errors.
#pragma once

#include "pg/boundary.hpp"

namespace primecloud::pg {

// Raises an error from a function that holds no live object.
[[gnu::cold, noreturn]] SERVER_CODE inline void raise(int code, const char *message, const char *hint = nullptr) {
  if (hint != nullptr) ereport(ERROR, errcode(code), errmsg_internal("%s", message), errhint("%s", hint));
  ereport(ERROR, errcode(code), errmsg_internal("%s", message));
  pg_unreachable();
}

}  // namespace primecloud::pg

#define PRIMECLOUD_SERVER_FUNCTION(symbol, function)                      \
  static_assert(noexcept(function(nullptr)));                             \
  extern "C" {                                                            \
  PGDLLEXPORT Datum symbol(PG_FUNCTION_ARGS);                             \
  PG_FUNCTION_INFO_V1(symbol);                                            \
  SERVER_CODE Datum symbol(PG_FUNCTION_ARGS) { return function(fcinfo); } \
  }                                                                       \
  static_assert(true)
