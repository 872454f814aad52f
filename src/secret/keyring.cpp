#include "secret/keyring.hpp"

#include <sodium.h>

#include <new>

#include "pg/guard.hpp"
#include "pg/startup.hpp"
#include "secret/key_table.hpp"
#include "secret/root_key_source.hpp"

extern "C" {
#include "access/xact.h"
#include "storage/lock.h"
#include "storage/proc.h"
#include "utils/inval.h"
}

namespace primecloud::secret {
namespace {

constexpr int wrong_root_key = MAKE_SQLSTATE('P', 'C', '0', '0', '2');
constexpr int unknown_key = MAKE_SQLSTATE('P', 'C', '0', '0', '3');
constexpr int retired_key = MAKE_SQLSTATE('P', 'C', '0', '0', '4');

Oid watched_table = InvalidOid;
bool changed_in_transaction = false;
LocalTransactionId held_in = InvalidLocalTransactionId;
std::int64_t held_key = 0;

void forget_on_change(Datum, Oid relid) noexcept {
  if (relid == InvalidOid || relid == watched_table) forget_keys();
}
// A key made in a transaction that aborts never was: nothing may be sealed with it.
void at_end(XactEvent event, void *) noexcept {
  if (event == XACT_EVENT_ABORT && changed_in_transaction) forget_keys();
  if (event == XACT_EVENT_ABORT || event == XACT_EVENT_COMMIT || event == XACT_EVENT_PREPARE) changed_in_transaction = false;
}
void at_sub_end(SubXactEvent event, SubTransactionId, SubTransactionId, void *) noexcept {
  if (event != SUBXACT_EVENT_ABORT_SUB) return;
  if (changed_in_transaction) forget_keys();
  held_key = 0;  // its locks go with the savepoint
}
const pg::startup watch{[] {
  CacheRegisterRelcacheCallback(forget_on_change, Datum{0});
  RegisterXactCallback(at_end, nullptr);
  RegisterSubXactCallback(at_sub_end, nullptr);
}};

// Keys share a few locks: one for each would fill the server's table of locks where one
// statement seals for many tenants.  A retirement may so have to wait for a neighbour.
constexpr std::int64_t locks = 256;
LOCKTAG lock_of(std::int64_t id) noexcept {
  LOCKTAG tag;  // beside the advisory locks that SQL can take, which end in 1 and 2
  SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, 0, static_cast<uint32>(id % locks), 0x5043);
  return tag;
}

[[noreturn, gnu::cold]] void refuse_root(int version, const char *why, const char *hint) {
  ereport(ERROR, errcode(wrong_root_key), errmsg("root key version %d is not this database's", version), errdetail("%s", why), errhint("%s", hint),
          errhidestmt(true), errhidecontext(true));
  pg_unreachable();
}

// A new version is taken only from who has the newest one that is known.  `root` serves
// as the one place where keys lie, since its owner wipes it.
void check_new_root(std::int32_t version, root_key *root) {
  const std::int32_t known = newest_recorded_root();
  if (!read_root_key(known, root)) {
    refuse_root(version, psprintf("The root key lacks version %d, which this database uses.", known), "Keep every older version in the root key, and add new ones.");
  }
  const auto value = check_value(*root);
  if (check_root(known, value.data()) != root_check::right) {
    refuse_root(known, "Its check value differs from the one recorded.", "Give the server the root key that this database was sealed with.");
  }
  if (!read_root_key(version, root)) refuse_root(version, "It changed while it was read.", "Try again.");
}

// The root key of a version (0: the newest), checked against what the database knows.
void checked_root(std::int32_t version, root_key *root) {
  if (!read_root_key(version, root)) {
    ereport(ERROR, errcode(wrong_root_key), errmsg("the root key has no version %d", version), errhint("Put the line of that version back into the root key."),
            errhidestmt(true), errhidecontext(true));
  }
  const auto value = check_value(*root);
  switch (check_root(root->version, value.data())) {
    case root_check::right: return;
    case root_check::wrong:
      refuse_root(root->version, "Its check value differs from the one recorded.", "Give the server the root key that this database was sealed with.");
    case root_check::unknown: check_new_root(root->version, root); break;
    case root_check::first: break;
  }
  // Remembered, so that another key can never pass for it.
  if (!XactReadOnly) record_root(root->version, value.data());
}

// Unwraps the row's key to `out`; raises where it cannot.
void unwrap(const key_row &row, std::uint8_t *out) {
  const auto id = static_cast<long long>(row.id);
  if (row.state == 'x' || !row.has_key) {
    ereport(ERROR, errcode(retired_key), errmsg("data key %lld is destroyed", id), errhint("What was sealed with it cannot be opened any more."),
            errhidestmt(true), errhidecontext(true));
  }
  if (row.state == 'r') {
    ereport(ERROR, errcode(retired_key), errmsg("data key %lld is retired", id), errhint("A maintenance role can bring it back with primecloud.restore_key()."),
            errhidestmt(true), errhidecontext(true));
  }
  bool opened = false;
  {
    root_key root;
    pg::guarded([&] { checked_root(row.root_version, &root); });  // the root is wiped on every way out
    try {
      opened = unwrap_key(row.wrapped, root, {row.id, row.tenant, purpose_name(row.purpose)}, out);
    } catch (const std::bad_alloc &) {
    }
  }
  if (!opened) {
    ereport(ERROR, errcode(wrong_root_key), errmsg("data key %lld does not unwrap", id), errdetail("Its row in primecloud.data_key was altered."),
            errhint("Restore the row from a backup."), errhidestmt(true), errhidecontext(true));
  }
}

const cached_key *unwrap_and_keep(const key_row &row) {
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

// The table may change while it is read: then what was read is not kept, but read again.
template <class Find>
const cached_key *load(Find &&find) {
  watched_table = key_table_oid();
  for (;;) {
    const auto before = times_forgotten();
    key_row row;
    if (!find(row)) return nullptr;
    const cached_key *kept = unwrap_and_keep(row);
    if (times_forgotten() == before) return kept;
    forget_keys();
  }
}

// False if the tenant has an active key already.
bool make_key_with(std::int64_t id, std::string_view tenant, key_purpose purpose) {
  std::uint8_t key[32], nonce[24];
  wrapped_key wrapped;
  std::int32_t version = 0;
  bool done = false;
  {
    root_key root;
    pg::guarded([&] { checked_root(0, &root); });
    version = root.version;
    randombytes_buf(key, sizeof key);
    randombytes_buf(nonce, sizeof nonce);
    try {
      wrapped = wrap_key(key, root, {id, tenant, purpose_name(purpose)}, nonce);
      done = true;
    } catch (const std::bad_alloc &) {
    }
  }
  sodium_memzero(key, sizeof key);
  if (!done) ereport(ERROR, errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory"));
  changed_in_transaction = true;
  return insert_key(id, tenant, purpose, version, wrapped);
}

const cached_key *find_or_make(std::string_view tenant, key_purpose purpose) {
  if (const cached_key *key = cached_active(tenant, purpose)) return key;
  const auto find = [&](key_row &row) { return find_active_key(tenant, purpose, row); };
  if (const cached_key *key = load(find)) return key;
  make_key_with(next_key_id(), tenant, purpose);  // or another transaction was quicker, and we have waited for it
  return load(find);
}

unwrapped_key told(const cached_key &key) noexcept { return {key.id, key.bytes, key.owner(), key.purpose}; }

// True if the lock is new, so that the key may have changed before it was held.
bool hold(std::int64_t id) {
  if (held_in == MyProc->lxid && held_key == id) return false;
  const LOCKTAG tag = lock_of(id);
  LockAcquire(&tag, ShareLock, false, false);
  held_in = MyProc->lxid;
  held_key = id;
  return true;
}

}  // namespace

unwrapped_key active_key(std::string_view tenant, key_purpose purpose) {
  for (;;) {
    const cached_key *key = find_or_make(tenant, purpose);
    if (key == nullptr) elog(ERROR, "the data key vanished as soon as it was made");
    if (purpose != key_purpose::seal) return told(*key);
    const std::int64_t id = key->id;
    if (!hold(id)) return told(*key);
    AcceptInvalidationMessages();
    const cached_key *again = find_or_make(tenant, purpose);
    if (again != nullptr && again->id == id) return told(*again);
  }
}

unwrapped_key key_by_id(std::int64_t id) {
  if (const cached_key *key = cached_by_id(id)) return told(*key);
  const cached_key *key = load([&](key_row &row) { return find_key(id, row); });
  if (key == nullptr) {
    ereport(ERROR, errcode(unknown_key), errmsg("there is no data key %lld", static_cast<long long>(id)),
            errhint("Restore the rows of primecloud.data_key that belong to this data."), errhidestmt(true), errhidecontext(true));
  }
  return told(*key);
}

std::int64_t make_key(std::string_view tenant, key_purpose purpose) {
  begin_key(tenant, purpose);
  const std::int64_t id = next_key_id();
  if (!make_key_with(id, tenant, purpose)) {
    ereport(ERROR, errcode(ERRCODE_T_R_SERIALIZATION_FAILURE), errmsg("another transaction made a data key for the tenant"), errhint("Try again."),
            errhidestmt(true), errhidecontext(true));
  }
  return id;
}

bool rewrap_key(std::int64_t id, rewrapped &out) {
  key_row row;
  if (!find_key(id, row) || !row.has_key) return false;
  std::uint8_t key[32], nonce[24];
  bool done = false;
  {
    root_key newest;
    pg::guarded([&] {
      checked_root(0, &newest);
      if (newest.version == row.root_version) return;
      const char state = row.state;
      if (row.state == 'r') row.state = 'd';  // a retired key is kept, so it is wrapped anew too
      unwrap(row, key);
      row.state = state;
    });
    if (newest.version == row.root_version) return false;
    randombytes_buf(nonce, sizeof nonce);
    try {
      const auto wrapped = wrap_key(key, newest, {row.id, row.tenant, purpose_name(row.purpose)}, nonce);
      memcpy(out.bytes, wrapped.data(), wrapped.size());
      out.root_version = newest.version;
      done = true;
    } catch (const std::bad_alloc &) {
    }
  }
  sodium_memzero(key, sizeof key);
  if (!done) ereport(ERROR, errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory"));
  return true;
}

void keys_changed() {
  CacheInvalidateRelcacheByRelid(key_table_oid());
  changed_in_transaction = true;
  forget_keys();
}

bool hold_for_retirement(std::int64_t id) {
  const LOCKTAG tag = lock_of(id);
  return LockAcquire(&tag, ExclusiveLock, false, true) != LOCKACQUIRE_NOT_AVAIL;
}

std::int32_t verify_root_key() {
  std::int32_t version;
  {
    root_key root;
    pg::guarded([&] { checked_root(0, &root); });
    version = root.version;
  }
  return version;
}

}  // namespace primecloud::secret
