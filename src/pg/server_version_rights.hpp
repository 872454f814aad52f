// What differs between servers of rights: part of pg/server_version.hpp.
#pragma once

extern "C" {
#include "catalog/pg_class.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
}

namespace primecloud::pg {

// What a role may do, and whether it has the rights of an owner.
#if PG_VERSION_NUM >= 160000
SERVER_CODE inline bool may_execute(Oid role, Oid function) {
  return object_aclcheck(ProcedureRelationId, function, role, ACL_EXECUTE) == ACLCHECK_OK;
}
SERVER_CODE inline bool may_use_schema(Oid role, Oid schema) {
  return object_aclcheck(NamespaceRelationId, schema, role, ACL_USAGE) == ACLCHECK_OK;
}
// (Of what is not there the server says so, as it did by itself until 16: it is an internal error since.)
SERVER_CODE inline bool owns_relation(Oid role, Oid id) {
  if (get_rel_relkind(id) == '\0' && !superuser_arg(role)) pg_class_aclcheck(id, role, ACL_SELECT);
  return object_ownercheck(RelationRelationId, id, role);
}
SERVER_CODE inline bool owns_schema(Oid role, Oid id) { return object_ownercheck(NamespaceRelationId, id, role); }
#else
SERVER_CODE inline bool may_execute(Oid role, Oid function) {
  return pg_proc_aclcheck(function, role, ACL_EXECUTE) == ACLCHECK_OK;
}
SERVER_CODE inline bool may_use_schema(Oid role, Oid schema) {
  return pg_namespace_aclcheck(schema, role, ACL_USAGE) == ACLCHECK_OK;
}
SERVER_CODE inline bool owns_relation(Oid role, Oid id) { return pg_class_ownercheck(id, role); }
SERVER_CODE inline bool owns_schema(Oid role, Oid id) { return pg_namespace_ownercheck(id, role); }
#endif

// Whether a role may SET ROLE to another.
SERVER_CODE inline bool may_become(Oid role, Oid other) {
#if PG_VERSION_NUM >= 160000
  return member_can_set_role(role, other);
#else
  return is_member_of_role(role, other);
#endif
}

}  // namespace primecloud::pg
