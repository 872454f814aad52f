/* The limit: what plain version-1 C functions cost. */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"
#if __has_include("varatt.h")  /* 16 and later */
#include "varatt.h"
#endif

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(baseline_add);
Datum baseline_add(PG_FUNCTION_ARGS) { PG_RETURN_INT64(PG_GETARG_INT64(0) + PG_GETARG_INT64(1)); }

PG_FUNCTION_INFO_V1(baseline_length);
Datum baseline_length(PG_FUNCTION_ARGS) {
  text *value = PG_GETARG_TEXT_PP(0);
  PG_RETURN_INT32((int32)VARSIZE_ANY_EXHDR(value));
}
