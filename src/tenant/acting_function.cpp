#include "tenant/acting_function.hpp"

extern "C" {
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
}

namespace primecloud::tenant {
namespace {

// Types whose values name something of the database, which a function may look into.
bool names_something(Oid type) noexcept {
  switch (type) {
    case OIDOID:
    case CSTRINGOID:
    case INTERNALOID:
    case REGPROCOID:
    case REGPROCEDUREOID:
    case REGOPEROID:
    case REGOPERATOROID:
    case REGCLASSOID:
    case REGTYPEOID:
    case REGROLEOID:
    case REGNAMESPACEOID:
    case REGCOLLATIONOID:
    case REGCONFIGOID:
    case REGDICTIONARYOID: return true;
    default: return false;
  }
}

// What policies ask.  Others of ours that are no more than stable look at tables.
bool is_of_policies(const char *name) noexcept {
  for (const char *known : {"tenant_uuid", "tenant_bigint", "tenant_int", "tenant_text", "user_id", "role", "has_role",
                            "in_scope", "context"}) {
    if (strcmp(name, known) == 0) return true;
  }
  return false;
}

SERVER_CODE bool is_ours(Oid schema) {
  const char *name = get_namespace_name(schema);
  return name != nullptr && (strcmp(name, "primecloud") == 0 || strcmp(name, "primecloud_internal") == 0);
}

}  // namespace

bool acts(const FormData_pg_proc &function, bool called) {
  if (function.provolatile == PROVOLATILE_VOLATILE || function.proretset || function.prokind != PROKIND_FUNCTION)
    return true;
  if (!called) return false;
  if (is_ours(function.pronamespace) && function.provolatile != PROVOLATILE_IMMUTABLE &&
      !is_of_policies(NameStr(function.proname)))
    return true;
#ifdef F_PG_INPUT_IS_VALID
  if (function.oid == F_PG_INPUT_IS_VALID) return true;
#endif
  if (function.prorettype == XMLOID) return true;  // those that query, and no others of use here
  for (int i = 0; i < function.pronargs; i++) {
    if (names_something(function.proargtypes.values[i])) return true;
  }
  return false;
}

}  // namespace primecloud::tenant
