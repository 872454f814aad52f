// rotate_root, verify_root_key: the root key as a whole.  Rotating it wraps every data
// key anew; what the data keys have sealed stays as it is.
#include <sodium.h>

#include <new>

#include "pg/as_superuser.hpp"
#include "pg/function.hpp"
#include "pg/table.hpp"
#include "secret/encoding.hpp"
#include "secret/root_check.hpp"

extern "C" {
#include "access/xact.h"
}

namespace {
using namespace primecloud;
using secret::key_row;

constexpr int rows_at_a_time = 1000;

SERVER_CODE std::string_view text_in(HeapTuple row, TupleDesc desc, int column) {
  bool null;
  return pg::text_in(SPI_getbinval(row, desc, column, &null));
}

SERVER_CODE key_row row_of(HeapTuple tuple, TupleDesc desc) {
  bool null;
  key_row row;
  row.id = DatumGetInt64(SPI_getbinval(tuple, desc, 1, &null));
  row.tenant = text_in(tuple, desc, 2);
  const auto purpose = text_in(tuple, desc, 3);
  row.purpose = purpose == "seal"    ? secret::key_purpose::seal
                : purpose == "index" ? secret::key_purpose::index
                                     : secret::key_purpose::token;
  row.root_version = DatumGetInt32(SPI_getbinval(tuple, desc, 4, &null));
  const auto wrapped = text_in(tuple, desc, 5);
  row.has_key = wrapped.size() == wrapped_key_size;
  if (row.has_key) memcpy(row.wrapped, wrapped.data(), wrapped_key_size);
  return row;
}

SERVER_CODE bool wrap_anew(const key_row &row, const std::uint8_t *key, const root_key &root,
                           std::uint8_t *out) noexcept {
  std::uint8_t nonce[24];
  const std::string_view tenant = secret::to_utf8(row.tenant);
  randombytes_buf(nonce, sizeof nonce);
  try {
    const auto wrapped = wrap_key(data_key(key, 32), root, {row.id, tenant, secret::purpose_name(row.purpose)}, nonce);
    memcpy(out, wrapped.data(), wrapped.size());
    return true;
  } catch (const std::bad_alloc &) {
    return false;
  }
}

SERVER_CODE void rewrap(const key_row &row, const root_key &old, const root_key &newest, SPIPlanPtr update) {
  std::uint8_t key[32];
  varlena *wrapped = pg::make_varlena(wrapped_key_size);
  secret::unwrap_with(old, row, key);
  const bool done = wrap_anew(row, key, newest, pg::room_in(wrapped));
  sodium_memzero(key, sizeof key);
  if (!done) ereport(ERROR, errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory"));
  Datum values[] = {Int64GetDatum(row.id), Int32GetDatum(newest.version), PointerGetDatum(wrapped)};
  if (SPI_execute_plan(update, values, nullptr, false, 0) != SPI_OK_UPDATE)
    elog(ERROR, "could not store data key %lld", static_cast<long long>(row.id));
  pfree(wrapped);
}

// Keys are made by nobody meanwhile, and read by everybody: until this commits, as the
// old root key wraps them.
SERVER_CODE std::int64_t rewrap_all(root_key *old, const root_key &newest) {
  std::int64_t done = 0;
  secret::hold_off_makers();
  Oid update_types[] = {INT8OID, INT4OID, BYTEAOID};
  SPIPlanPtr update = SPI_prepare(
      "UPDATE primecloud.data_key SET root_version = $2, wrapped = $3 WHERE key_id OPERATOR(pg_catalog.=) $1", 3,
      update_types);
  Oid types[] = {INT4OID};
  Datum values[] = {Int32GetDatum(newest.version)};
  Portal keys = SPI_cursor_open_with_args(
      nullptr,
      "SELECT key_id, tenant, purpose, root_version, wrapped FROM primecloud.data_key "
      "WHERE wrapped IS NOT NULL AND root_version OPERATOR(pg_catalog.<>) $1 ORDER BY root_version",
      1, types, values, nullptr, false, 0);
  for (SPI_cursor_fetch(keys, true, rows_at_a_time); SPI_processed > 0; SPI_cursor_fetch(keys, true, rows_at_a_time)) {
    SPITupleTable *batch = SPI_tuptable;
    for (std::uint64_t i = 0; i < batch->numvals; i++) {
      const key_row row = row_of(batch->vals[i], batch->tupdesc);
      if (old->version != row.root_version) secret::checked_root(row.root_version, old);
      rewrap(row, *old, newest, update);
      done++;
    }
    SPI_freetuptable(batch);
  }
  SPI_cursor_close(keys);
  return done;
}

int64 rotate_root() {
  std::int64_t done = 0;
  root_key newest, old;
  pg::guarded([&] {
    secret::check_keys_are_here();
    if (IsolationUsesXactSnapshot()) {
      ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
              errmsg("the root key cannot be rotated in this transaction"),
              errhint("A key made after it began would not be seen: use READ COMMITTED."));
    }
    secret::forget_roots();  // a command may print more by now
    secret::checked_root(0, &newest);
    pg::as_superuser([&] { done = rewrap_all(&old, newest); });
  });
  return done;
}

// Every version that a data key is wrapped with, each once.
SERVER_CODE int versions_in_use(std::int32_t *versions, int most) {
  int count = 0;
  pg::for_each_row<6>(secret::data_keys.oid(), [&](Datum *values, bool *nulls) {
    const std::int32_t version = DatumGetInt32(values[4]);
    if (nulls[5]) return;  // destroyed
    for (int i = 0; i < count; i++) {
      if (versions[i] == version) return;
    }
    if (count < most) versions[count++] = version;
  });
  return count;
}

int32 verify_root_key() {
  root_key root;
  std::int32_t newest = 0;
  pg::guarded([&] {
    secret::forget_roots();
    secret::checked_root(0, &root);
    newest = root.version;
    std::int32_t versions[256];
    const int count = versions_in_use(versions, 256);
    for (int i = 0; i < count; i++) secret::checked_root(versions[i], &root);
  });
  return newest;
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_rotate_root, rotate_root);
PRIMECLOUD_FUNCTION(primecloud_verify_root_key, verify_root_key);
