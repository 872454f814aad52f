// The tenant context of the current transaction.
//
// Held by a custom setting that no SQL can assign: its check hook takes only what
// this room sets itself, or what a parallel worker is handed at start-up.  guc.c then
// ends it with the transaction, restores it at ROLLBACK TO, and carries it to workers.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/tenant/identity.hpp"
#include "pg/server_code.hpp"

namespace primecloud::tenant {

// The context entered in this transaction; nullptr without one.  Owned by guc.c:
// valid until the context next changes.
const context_record *current() noexcept;

// The tenant key as text; empty without one.
std::string_view current_tenant() noexcept;

// Makes `who` the context until the end of the transaction or of the savepoint, here and on the nodes that hold rows.
// Raises server errors; call under guarded() where objects are alive.
SERVER_CODE void assign(const char *encoded);

// The same in this backend alone; the empty text for none.
SERVER_CODE void assign_here(const char *encoded);

// Which assignment the context is of: no two have the same number, and ROLLBACK TO brings the earlier one back.
std::uint64_t context_serial() noexcept;

// Notes that a tenant function has answered NULL for want of a context.  A plan that was
// made upon that answer believes that there are no rows: the next context forgets it.
void note_missing() noexcept;

// The identity as assign() last took it; nullptr without one.
const char *encoded() noexcept;

}  // namespace primecloud::tenant
