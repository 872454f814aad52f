#include "secret/keyring.hpp"

#include <sodium.h>

#include "core/secret/root_key.hpp"
#include "pg/guard.hpp"
#include "pg/startup.hpp"
#include "pg/table.hpp"
#include "secret/root_key_source.hpp"

extern "C" {
#include "access/xact.h"
#include "catalog/pg_authid.h"
#include "executor/spi.h"
#include "utils/inval.h"
}

namespace primecloud::secret {
namespace {

constexpr int wrong_root_key = MAKE_SQLSTATE('P', 'C', '0', '0', '2');
constexpr int unknown_key = MAKE_SQLSTATE('P', 'C', '0', '0', '3');
constexpr int retired_key = MAKE_SQLSTATE('P', 'C', '0', '0', '4');

struct slot {
  std::uint8_t key[32];
  std::int64_t id;
  char tenant[256];
  char purpose[16];
  bool used, active;
};
constexpr int slots = 256;
slot *arena = nullptr;  // sodium_malloc'ed once: locked, guarded, kept out of core dumps
int next_slot = 0;
Oid key_table = InvalidOid;
bool made_in_transaction = false;

void forget_on_change(Datum, Oid relid) noexcept {
  if (relid == InvalidOid || relid == key_table) forget_keys();
}
// A key made in a transaction that aborts never was: nothing may be sealed with it.
void at_end(XactEvent event, void *) noexcept {
  if (event == XACT_EVENT_ABORT && made_in_transaction) forget_keys();
  if (event == XACT_EVENT_ABORT || event == XACT_EVENT_COMMIT || event == XACT_EVENT_PREPARE) made_in_transaction = false;
}
void at_sub_end(SubXactEvent event, SubTransactionId, SubTransactionId, void *) noexcept {
  if (event == SUBXACT_EVENT_ABORT_SUB && made_in_transaction) forget_keys();
}
const pg::startup watch{[] {
  CacheRegisterRelcacheCallback(forget_on_change, Datum{0});
  RegisterXactCallback(at_end, nullptr);
  RegisterSubXactCallback(at_sub_end, nullptr);
}};

slot *free_slot() {
  if (arena == nullptr) {
    arena = static_cast<slot *>(sodium_malloc(sizeof(slot) * slots));
    if (arena == nullptr) ereport(ERROR, errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of locked memory for keys"), errhint("Raise RLIMIT_MEMLOCK of the server."));
    sodium_memzero(arena, sizeof(slot) * slots);
  }
  slot *chosen = &arena[next_slot];
  next_slot = (next_slot + 1) % slots;
  sodium_memzero(chosen, sizeof *chosen);
  return chosen;
}

// Runs as the superuser, past row-level security and whatever the caller may not.
class as_owner {
 public:
  static void run(void (*work)(void *), void *with) {
    Oid before;
    int security;
    GetUserIdAndSecContext(&before, &security);
    SetUserIdAndSecContext(BOOTSTRAP_SUPERUSERID, security | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
    if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "could not connect to the SQL manager");
    work(with);
    SPI_finish();
    SetUserIdAndSecContext(before, security);
  }
};

struct key_row {
  bool found = false;
  std::int64_t id = 0;
  char tenant[256] = "", purpose[16] = "", state[16] = "";
  std::int32_t root_version = 0;
  std::uint8_t wrapped[wrapped_key_size];
  bool has_key = false;
};

constexpr const char *row_columns = "key_id, tenant, purpose, state, root_version, wrapped";

void take_row(key_row *row) {
  if (SPI_processed == 0) return;
  HeapTuple tuple = SPI_tuptable->vals[0];
  TupleDesc desc = SPI_tuptable->tupdesc;
  bool null;
  row->found = true;
  row->id = DatumGetInt64(SPI_getbinval(tuple, desc, 1, &null));
  strlcpy(row->tenant, SPI_getvalue(tuple, desc, 2), sizeof row->tenant);
  strlcpy(row->purpose, SPI_getvalue(tuple, desc, 3), sizeof row->purpose);
  strlcpy(row->state, SPI_getvalue(tuple, desc, 4), sizeof row->state);
  row->root_version = DatumGetInt32(SPI_getbinval(tuple, desc, 5, &null));
  const Datum wrapped = SPI_getbinval(tuple, desc, 6, &null);
  if (null) return;
  const auto *bytes = reinterpret_cast<varlena *>(PG_DETOAST_DATUM_PACKED(wrapped));
  if (VARSIZE_ANY_EXHDR(bytes) != wrapped_key_size) return;
  memcpy(row->wrapped, VARDATA_ANY(bytes), wrapped_key_size);
  row->has_key = true;
}

// The root key of a version, checked against what the database knows of it.
void checked_root(std::int32_t version, root_key *root) {
  if (!read_root_key(version, root)) {
    ereport(ERROR, errcode(wrong_root_key), errmsg("the root key has no version %d", version),
            errhint("Put the line of that version back into the file of primecloud.root_key_file."));
  }
  struct { std::int32_t version; std::uint8_t value[8]; bool differs; } check{root->version, {}, false};
  const auto value = check_value(*root);
  memcpy(check.value, value.data(), sizeof check.value);
  as_owner::run([](void *with) {
    auto *wanted = static_cast<decltype(check) *>(with);
    bytea *given = static_cast<bytea *>(palloc(VARHDRSZ + sizeof wanted->value));
    SET_VARSIZE(given, VARHDRSZ + sizeof wanted->value);
    memcpy(VARDATA(given), wanted->value, sizeof wanted->value);
    Oid types[] = {INT4OID, BYTEAOID};
    Datum values[] = {Int32GetDatum(wanted->version), PointerGetDatum(given)};
    if (SPI_execute_with_args("SELECT check_value OPERATOR(pg_catalog.<>) $2 FROM primecloud.root_key_version WHERE version OPERATOR(pg_catalog.=) $1",
                              2, types, values, nullptr, true, 1) != SPI_OK_SELECT) elog(ERROR, "could not check the root key");
    if (SPI_processed > 0) {
      bool null;
      wanted->differs = DatumGetBool(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null));
      return;
    }
    // Seen for the first time: remembered, so that another key can never pass for it.
    SPI_execute_with_args("INSERT INTO primecloud.root_key_version (version, check_value) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                          2, types, values, nullptr, false, 0);
  }, &check);
  if (check.differs) {
    ereport(ERROR, errcode(wrong_root_key), errmsg("root key version %d is not this database's", root->version),
            errdetail("Its check value differs from the one recorded."),
            errhint("Point primecloud.root_key_file at the file that this database was sealed with."));
  }
}

unwrapped_key keep(const key_row &row, const std::uint8_t *key) {
  slot *kept = free_slot();
  memcpy(kept->key, key, sizeof kept->key);
  kept->id = row.id;
  strlcpy(kept->tenant, row.tenant, sizeof kept->tenant);
  strlcpy(kept->purpose, row.purpose, sizeof kept->purpose);
  kept->active = strcmp(row.state, "active") == 0;
  kept->used = true;
  key_table = pg::extension_table("data_key");
  return {kept->id, kept->key};
}

unwrapped_key unwrap(const key_row &row) {
  if (!row.has_key || strcmp(row.state, "destroyed") == 0) {
    ereport(ERROR, errcode(retired_key), errmsg("data key %lld is destroyed", static_cast<long long>(row.id)),
            errhint("What was sealed with it cannot be opened any more."));
  }
  if (strcmp(row.state, "retired") == 0) {
    ereport(ERROR, errcode(retired_key), errmsg("data key %lld is retired", static_cast<long long>(row.id)));
  }
  std::uint8_t key[32];
  bool opened = false;
  {
    root_key root;
    pg::guarded([&] { checked_root(row.root_version, &root); });  // the root is wiped on every way out
    try {
      opened = unwrap_key(row.wrapped, root, {row.id, row.tenant, row.purpose}, key);
    } catch (const std::bad_alloc &) {
    }
  }
  if (!opened) {
    ereport(ERROR, errcode(wrong_root_key), errmsg("data key %lld does not unwrap", static_cast<long long>(row.id)),
            errdetail("Its row in primecloud.data_key was altered."), errhint("Restore the row from a backup."));
  }
  const auto kept = keep(row, key);
  sodium_memzero(key, sizeof key);
  return kept;
}

struct request {
  const char *tenant, *purpose;
  std::int64_t id;
  key_row row;
};

void find_active(void *with) {
  auto *wanted = static_cast<request *>(with);
  Oid types[] = {TEXTOID, TEXTOID};
  Datum values[] = {CStringGetTextDatum(wanted->tenant), CStringGetTextDatum(wanted->purpose)};
  if (SPI_execute_with_args(psprintf("SELECT %s FROM primecloud.data_key WHERE tenant OPERATOR(pg_catalog.=) $1 AND purpose OPERATOR(pg_catalog.=) $2 "
                                     "AND state OPERATOR(pg_catalog.=) 'active'", row_columns),
                            2, types, values, nullptr, false, 1) != SPI_OK_SELECT) elog(ERROR, "could not read the data keys");
  take_row(&wanted->row);
}

void find_by_id(void *with) {
  auto *wanted = static_cast<request *>(with);
  Oid types[] = {INT8OID};
  Datum values[] = {Int64GetDatum(wanted->id)};
  if (SPI_execute_with_args(psprintf("SELECT %s FROM primecloud.data_key WHERE key_id OPERATOR(pg_catalog.=) $1", row_columns),
                            1, types, values, nullptr, true, 1) != SPI_OK_SELECT) elog(ERROR, "could not read the data keys");
  take_row(&wanted->row);
}

// Takes the lock first and looks again: two transactions make one key between them.
void lock_tenant(void *with) {
  auto *wanted = static_cast<request *>(with);
  Oid types[] = {TEXTOID};
  Datum values[] = {CStringGetTextDatum(psprintf("primecloud data key %s %s", wanted->purpose, wanted->tenant))};
  SPI_execute_with_args("SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended($1, 0))", 1, types, values, nullptr, false, 0);
  SPI_execute("SELECT pg_catalog.nextval('primecloud.data_key_id')", false, 1);
  bool null;
  wanted->id = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null));
}

struct new_key {
  request *wanted;
  std::int32_t root_version;
  wrapped_key wrapped;
};
void insert_key(void *with) {
  auto *made = static_cast<new_key *>(with);
  bytea *wrapped = static_cast<bytea *>(palloc(VARHDRSZ + wrapped_key_size));
  SET_VARSIZE(wrapped, VARHDRSZ + wrapped_key_size);
  memcpy(VARDATA(wrapped), made->wrapped.data(), wrapped_key_size);
  Oid types[] = {INT8OID, TEXTOID, TEXTOID, INT4OID, BYTEAOID};
  Datum values[] = {Int64GetDatum(made->wanted->id), CStringGetTextDatum(made->wanted->tenant), CStringGetTextDatum(made->wanted->purpose),
                    Int32GetDatum(made->root_version), PointerGetDatum(wrapped)};
  if (SPI_execute_with_args("INSERT INTO primecloud.data_key (key_id, tenant, purpose, root_version, wrapped) VALUES ($1, $2, $3, $4, $5)",
                            5, types, values, nullptr, false, 0) != SPI_OK_INSERT) elog(ERROR, "could not keep the data key");
}

unwrapped_key make_key(request *wanted) {
  as_owner::run(lock_tenant, wanted);
  as_owner::run(find_active, wanted);
  if (wanted->row.found) return unwrap(wanted->row);
  std::uint8_t key[32], nonce[24];
  new_key made{wanted, 0, {}};
  bool wrapped = false;
  randombytes_buf(key, sizeof key);
  randombytes_buf(nonce, sizeof nonce);
  {
    root_key root;
    pg::guarded([&] { checked_root(0, &root); });
    made.root_version = root.version;
    try {
      made.wrapped = wrap_key(key, root, {wanted->id, wanted->tenant, wanted->purpose}, nonce);
      wrapped = true;
    } catch (const std::bad_alloc &) {
    }
  }
  if (!wrapped) ereport(ERROR, errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory"));
  as_owner::run(insert_key, &made);
  made_in_transaction = true;
  wanted->row.id = wanted->id;
  strlcpy(wanted->row.tenant, wanted->tenant, sizeof wanted->row.tenant);
  strlcpy(wanted->row.purpose, wanted->purpose, sizeof wanted->row.purpose);
  strlcpy(wanted->row.state, "active", sizeof wanted->row.state);
  const auto kept = keep(wanted->row, key);
  sodium_memzero(key, sizeof key);
  return kept;
}

}  // namespace

unwrapped_key active_key(const char *tenant, const char *purpose) {
  if (arena != nullptr) {
    for (int i = 0; i < slots; i++) {
      if (arena[i].used && arena[i].active && strcmp(arena[i].tenant, tenant) == 0 && strcmp(arena[i].purpose, purpose) == 0)
        return {arena[i].id, arena[i].key};
    }
  }
  request wanted{tenant, purpose, 0, {}};
  as_owner::run(find_active, &wanted);
  return wanted.row.found ? unwrap(wanted.row) : make_key(&wanted);
}

unwrapped_key key_by_id(std::int64_t id, const char **tenant) {
  if (arena != nullptr) {
    for (int i = 0; i < slots; i++) {
      if (!arena[i].used || arena[i].id != id) continue;
      *tenant = pstrdup(arena[i].tenant);
      return {id, arena[i].key};
    }
  }
  request wanted{nullptr, nullptr, id, {}};
  as_owner::run(find_by_id, &wanted);
  if (!wanted.row.found) {
    ereport(ERROR, errcode(unknown_key), errmsg("there is no data key %lld", static_cast<long long>(id)),
            errhint("Restore the rows of primecloud.data_key that belong to this data."));
  }
  *tenant = pstrdup(wanted.row.tenant);
  return unwrap(wanted.row);
}

void forget_keys() noexcept {
  if (arena != nullptr) sodium_memzero(arena, sizeof(slot) * slots);
  next_slot = 0;
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
