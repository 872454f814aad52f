// What the SQL functions of the life of keys stand on: making, waiting, telling others.
// None of these is for callers.
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "secret/key_hold.hpp"
#include "secret/key_table.hpp"
#include "secret/keyring.hpp"

extern "C" {
#include "access/xact.h"
}

namespace {
using namespace primecloud;
using secret::key_purpose;

SERVER_CODE key_purpose purpose_of(std::string_view name) {
  for (const auto purpose : {key_purpose::seal, key_purpose::index, key_purpose::token}) {
    if (name == secret::purpose_name(purpose)) return purpose;
  }
  ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
          errmsg("unknown purpose of a key: \"%.*s\"", static_cast<int>(name.size()), name.data()),
          errhint("The purposes are seal, index and token."));
  pg_unreachable();
}

// Decisions on keys are made by what is committed, which only READ COMMITTED shows.
SERVER_CODE pg::nothing lock_keys(std::string_view tenant, std::string_view purpose) {
  if (IsolationUsesXactSnapshot()) {
    ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
            errmsg("keys cannot be changed in this transaction"),
            errhint("What was committed since it began would not be seen: use READ COMMITTED."));
  }
  secret::begin_key(tenant, purpose_of(purpose));
  return {};
}
SERVER_CODE int64 make_data_key(std::string_view tenant, std::string_view purpose) {
  return secret::make_key(tenant, purpose_of(purpose));
}
SERVER_CODE pg::nothing wait_for_sealers(int64 id) {
  secret::wait_for_sealers(id);
  return {};
}
SERVER_CODE pg::nothing keys_changed() {
  secret::keys_changed();
  return {};
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_lock_keys, lock_keys);
PRIMECLOUD_FUNCTION(primecloud_make_data_key, make_data_key);
PRIMECLOUD_FUNCTION(primecloud_wait_for_sealers, wait_for_sealers);
PRIMECLOUD_FUNCTION(primecloud_keys_changed, keys_changed);
