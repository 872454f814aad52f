#include "secret/keyring.hpp"

#include <sodium.h>

#include "pg/startup.hpp"
#include "secret/encoding.hpp"
#include "secret/first_key.hpp"
#include "secret/key_hold.hpp"
#include "secret/key_table.hpp"
#include "secret/root_check.hpp"

extern "C" {
#include "access/xact.h"
#include "utils/inval.h"
}

namespace primecloud::secret {
namespace {

constexpr int unknown_key = MAKE_SQLSTATE('P', 'C', '0', '0', '3');

bool changed_in_transaction = false;

// A key that a rotation made in a transaction that aborts never was: nothing may be sealed with it.
void at_end(XactEvent event, void *) noexcept {
  // One that is prepared may abort yet, and until it commits nobody else has the key.
  if ((event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE) && changed_in_transaction) forget_keys();
  if (event == XACT_EVENT_ABORT || event == XACT_EVENT_COMMIT || event == XACT_EVENT_PREPARE)
    changed_in_transaction = false;
}
void at_sub_end(SubXactEvent event, SubTransactionId, SubTransactionId, void *) noexcept {
  if (event == SUBXACT_EVENT_ABORT_SUB && changed_in_transaction) forget_keys();
}
SERVER_CODE void watch_server() {
  RegisterXactCallback(at_end, nullptr);
  RegisterSubXactCallback(at_sub_end, nullptr);
}
const pg::startup watching{watch_server};

SERVER_CODE const cached_key *unwrap_and_keep(const key_row &row) {
  cached_key key{};
  unwrap(row, key.bytes);
  key.id = row.id;
  key.purpose = row.purpose;
  key.active = row.state == 'a';
  key.tenant_size = static_cast<std::uint8_t>(row.tenant.size());
  row.tenant.copy(key.tenant, sizeof key.tenant);
  const cached_key *kept = keep_key(key);
  sodium_memzero(&key, sizeof key);
  return kept;
}

template <class Find>
SERVER_CODE const cached_key *load(Find &&find) {
  return data_keys.read([&](Oid) -> const cached_key * {
    key_row row;
    return find(row) ? unwrap_and_keep(row) : nullptr;
  });
}

SERVER_CODE const cached_key *find_or_make(std::string_view tenant, key_purpose purpose) {
  if (const cached_key *key = cached_active(tenant, purpose)) return key;
  const auto find = [&](key_row &row) { return find_active_key(tenant, purpose, row); };
  if (const cached_key *key = load(find)) return key;
  make_first_key(tenant, purpose);
  return load(find);
}

unwrapped_key told(const cached_key &key) noexcept { return {key.id, key.bytes, key.owner(), key.purpose}; }

}  // namespace

unwrapped_key active_key(std::string_view tenant, key_purpose purpose) {
  AcceptInvalidationMessages();
  for (;;) {
    const cached_key *key = find_or_make(tenant, purpose);
    if (key == nullptr) elog(ERROR, "the data key vanished as soon as it was made");
    if (purpose != key_purpose::seal) return told(*key);
    const std::int64_t id = key->id;
    if (!hold_key(id)) return told(*key);
    AcceptInvalidationMessages();
    const cached_key *again = find_or_make(tenant, purpose);
    if (again != nullptr && again->id == id) return told(*again);
  }
}

unwrapped_key key_by_id(std::int64_t id) {
  AcceptInvalidationMessages();  // a value that lies in no table takes no lock, and would hear of no change
  if (const cached_key *key = cached_by_id(id)) return told(*key);
  const cached_key *key = load([&](key_row &row) { return find_key(id, row); });
  if (key == nullptr) {
    ereport(ERROR, errcode(unknown_key), errmsg("there is no data key %lld", static_cast<long long>(id)),
            errhint("Restore the rows of primecloud.data_key that belong to this data."), errhidestmt(true),
            errhidecontext(true));
  }
  return told(*key);
}

std::int64_t make_key(std::string_view tenant, key_purpose purpose) {
  begin_key(tenant, purpose);
  const std::int64_t id = next_key_id();
  wrapped_key wrapped;
  const std::int32_t version = wrap_new_key({id, to_utf8(tenant), purpose_name(purpose)}, wrapped);
  changed_in_transaction = true;
  if (!insert_key(id, tenant, purpose, version, wrapped)) {
    ereport(ERROR, errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
            errmsg("another transaction made a data key for the tenant"), errhint("Try again."), errhidestmt(true),
            errhidecontext(true));
  }
  return id;
}

void keys_changed() {
  data_keys.changed();
  changed_in_transaction = true;
  forget_keys();
}

}  // namespace primecloud::secret
