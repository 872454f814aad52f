// What kind of role a role of the server is: made by create_app_role() or a sister, or by
// somebody else.  The kind stands among the role's own settings, where a superuser alone can
// put it, so that it is known in every database, and the role cannot take it off.
#pragma once

#include <cstdint>

#include "pg/postgres.hpp"

namespace primecloud::tenant {

enum class role_kind : std::uint8_t { other, app, platform, gate, maintenance, worker, backup };

// Reads the catalog; for the few statements that depend on it.
SERVER_CODE role_kind kind_of_role(Oid role);

}  // namespace primecloud::tenant
