// Whether this transaction has entered an identity, whatever becomes of the setting that holds its
// context: whoever may set that one may empty it, and is to gain nothing by it.
#pragma once

#include "pg/server_code.hpp"

namespace primecloud::tenant {

// Notes that the transaction, or the savepoint it is in, has entered an identity.
SERVER_CODE void note_entered();

// Whether one has been entered that no ROLLBACK TO has undone.
bool has_entered() noexcept;

}  // namespace primecloud::tenant
