// Who may write nothing into a table takes no lock on it that writers or a CREATE INDEX would wait for.
#pragma once

#include "pg/postgres.hpp"

namespace primecloud::tenant {

// Whether a role may INSERT, UPDATE or DELETE, if only a column: each of them takes the same lock.
SERVER_CODE void need_to_write(Oid relation, Oid role);

}  // namespace primecloud::tenant
