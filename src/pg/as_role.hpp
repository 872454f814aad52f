// Working for a moment as another role.
//
// There is no guard object: a server error jumps over destructors, and the
// server itself restores the role and the settings when it ends the
// (sub)transaction that the error broke.  So: become(), work, resume().
#pragma once

#include "pg/postgres.hpp"

extern "C" {
#include "access/htup_details.h"
#include "catalog/pg_proc.h"
#include "utils/syscache.h"
}

namespace primecloud::pg {

SERVER_CODE inline Oid owner_of_function(Oid function) {
  HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
  if (!HeapTupleIsValid(tuple)) elog(ERROR, "cache lookup failed for function %u", function);
  const Oid owner = reinterpret_cast<Form_pg_proc>(GETSTRUCT(tuple))->proowner;
  ReleaseSysCache(tuple);
  return owner;
}

struct identity {
  Oid role;
  int security;  // SECURITY_* of miscadmin.h
};

inline identity current_identity() {
  identity now;
  GetUserIdAndSecContext(&now.role, &now.security);
  return now;
}

inline void resume(identity who) { SetUserIdAndSecContext(who.role, who.security); }

// `flags` are added to what holds already: a restriction is never lifted.
// SECURITY_NOFORCE_RLS alone is not inherited, since it loosens.
inline void become(Oid role, int flags) {
  const int kept = current_identity().security & ~SECURITY_NOFORCE_RLS;
  SetUserIdAndSecContext(role, kept | SECURITY_LOCAL_USERID_CHANGE | flags);
}

}  // namespace primecloud::pg
