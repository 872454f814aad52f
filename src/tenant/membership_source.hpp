// Where entering asks who is a member: the one row of primecloud_internal.membership_source.
// Server code: raises server errors.
#pragma once

#include "pg/postgres.hpp"

extern "C" {
#include "utils/snapshot.h"
}

namespace primecloud::tenant {

// In the order of the table's columns, behind its key.
enum source_column {
  relation_schema,
  relation_name,
  relation_owner,
  tenant_column,
  user_column,
  role_column,
  accounts_schema,
  accounts_name,
  accounts_key_column,
  accounts_status_column,
  accounts_active_status,
  grants_schema,
  grants_name,
  grants_tenant_column,
  grants_user_column,
  grants_id_column,
  grants_member_column,
  source_columns
};

struct membership_source {
  const char *text[source_columns] = {};
  // The role that relation_owner meant when it was noted, whatever it is called by now; whoever is called so after a
  // restore.
  Oid owner = InvalidOid;

  const char *operator[](source_column column) const noexcept { return text[column]; }
};

// What is registered by now, this transaction's own registration included; nullptr where nothing is.
// Kept by the session until somebody changes the table; valid until the next call.
SERVER_CODE const membership_source *registered_source();

// What a snapshot sees, in the current memory context.
SERVER_CODE const membership_source *source_seen(Snapshot seen);

}  // namespace primecloud::tenant
