// Whom policies hold, and what they are granted.
#include "review/tree_relation.hpp"

extern "C" {
#include "access/htup_details.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_class.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
}

namespace primecloud::review {

SERVER_CODE bool passes_policies(Oid role) {
  HeapTuple tuple = SearchSysCache1(AUTHOID, ObjectIdGetDatum(role));
  if (!HeapTupleIsValid(tuple)) return false;
  const auto *row = reinterpret_cast<const FormData_pg_authid *>(GETSTRUCT(tuple));
  const bool passes = row->rolsuper || row->rolbypassrls;
  ReleaseSysCache(tuple);
  return passes;
}

SERVER_CODE bool is_held(Oid role, const relation_facts &facts) {
  if (!facts.secured) return false;
  if (!OidIsValid(role)) return true;
  return !passes_policies(role) && (facts.forced || !has_privs_of_role(role, facts.owner));
}

SERVER_CODE bool is_for_role(const stored_policy &policy, Oid role) {
  for (int i = 0; i < policy.role_count; i++) {
    const Oid named = policy.roles[i];
    if (named == ACL_ID_PUBLIC || (OidIsValid(role) && has_privs_of_role(role, named))) return true;
  }
  return false;
}

SERVER_CODE std::uint8_t privileges_of(Oid role, Oid relation) {
  const AclMode asked = ACL_SELECT | ACL_INSERT | ACL_UPDATE | ACL_DELETE;
  const AclMode whole = pg_class_aclmask(relation, role, asked, ACLMASK_ALL);
  const auto has = [&](AclMode one) {
    return (whole & one) != 0 ||
           (one != ACL_DELETE && pg_attribute_aclcheck_all(relation, role, one, ACLMASK_ANY) == ACLCHECK_OK);
  };
  return static_cast<std::uint8_t>((has(ACL_SELECT) ? may_read : 0) | (has(ACL_INSERT) ? may_insert : 0) |
                                   (has(ACL_UPDATE) ? may_update : 0) | (has(ACL_DELETE) ? may_delete : 0));
}

SERVER_CODE const char *bound_predicate(Oid relation, AttrNumber tenant) {
  const char *name = tenant > 0 ? get_attname(relation, tenant, true) : nullptr;
  if (name == nullptr) return "";
  const Oid type = getBaseType(get_atttype(relation, tenant));
  const char *by = type == INT2OID || type == INT4OID ? "tenant_int"
                   : type == INT8OID                  ? "tenant_bigint"
                   : type == UUIDOID                  ? "tenant_uuid"
                                                      : "tenant_text";
  const bool converted = by[7] == 't' && type != TEXTOID && type != VARCHAROID && type != BPCHAROID;
  return psprintf("%s%s = primecloud.%s()", quote_identifier(name), converted ? "::text" : "", by);
}

}  // namespace primecloud::review
