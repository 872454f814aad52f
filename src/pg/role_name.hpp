// The name of a role, for records and messages.
//
// A session outlives the role that opened it: GetUserNameFromId then gives NULL, or an
// error where only a record was to be written.
#pragma once

#include "pg/postgres.hpp"

namespace primecloud::pg {

// Never NULL: of a role that was dropped, what pg_get_userbyid says.  Server code.
SERVER_CODE inline const char *role_name(Oid role) {
  const char *name = GetUserNameFromId(role, true);
  return name != nullptr ? name : psprintf("unknown (OID=%u)", role);
}

}  // namespace primecloud::pg
