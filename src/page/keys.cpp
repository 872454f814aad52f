#include "page/keys.hpp"

#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"
#include "pg/startup.hpp"
#include "pg/table.hpp"

extern "C" {
#include "utils/inval.h"
#include "utils/timestamp.h"
}

namespace primecloud::page {
namespace {

// More keys than this are not kept: a database makes one, and one more for each restore.
constexpr int capacity = 32;
struct {
  Oid table = InvalidOid;
  int count = 0;
  cursor_key keys[capacity];  // newest first
  TimestampTz made[capacity];
} cache;

void forget(Datum, Oid relid) noexcept {
  if (relid == InvalidOid || relid == cache.table) cache.table = InvalidOid;
}
const pg::startup watch{[] { CacheRegisterRelcacheCallback(forget, Datum{0}); }};

void keep(const cursor_key &key, TimestampTz made) noexcept {
  int at = cache.count;
  while (at > 0 && (cache.made[at - 1] < made || (cache.made[at - 1] == made && cache.keys[at - 1].id < key.id))) at--;
  if (at == capacity) return;
  if (cache.count < capacity) cache.count++;
  for (int i = cache.count - 1; i > at; i--) {
    cache.keys[i] = cache.keys[i - 1];
    cache.made[i] = cache.made[i - 1];
  }
  cache.keys[at] = key;
  cache.made[at] = made;
}

void load() {
  const Oid table = pg::extension_table("cursor_key");
  if (!OidIsValid(table)) return;
  cache.table = InvalidOid;
  cache.count = 0;
  pg::for_each_row<3>(table, [](const Datum *values, const bool *nulls) {
    if (nulls[0] || nulls[1] || nulls[2]) return;
    const auto *bytes = reinterpret_cast<varlena *>(PG_DETOAST_DATUM_PACKED(values[1]));
    cursor_key key;
    if (VARSIZE_ANY_EXHDR(bytes) != key.bytes.size()) return;
    key.id = DatumGetInt32(values[0]);
    memcpy(key.bytes.data(), VARDATA_ANY(bytes), key.bytes.size());
    keep(key, DatumGetTimestampTz(values[2]));
  });
  cache.table = table;
}

const cursor_key *known(std::int32_t id) noexcept {
  for (int i = 0; i < cache.count; i++) {
    if (cache.keys[i].id == id) return &cache.keys[i];
  }
  return nullptr;
}
}  // namespace

const cursor_key *newest_key() {
  if (!OidIsValid(cache.table)) load();
  return cache.count > 0 ? &cache.keys[0] : nullptr;
}

const cursor_key *find_key(std::int32_t id) {
  const bool fresh = !OidIsValid(cache.table);
  if (fresh) load();
  const cursor_key *key = known(id);
  if (key != nullptr || fresh) return key;
  load();  // perhaps made since
  return known(id);
}

}  // namespace primecloud::page

// Rows are no matter of the relation cache: who changes them says so.
static primecloud::pg::nothing forget_cursor_keys() noexcept {
  const Oid table = primecloud::pg::extension_table("cursor_key");
  if (OidIsValid(table)) CacheInvalidateRelcacheByRelid(table);
  return {};
}
PRIMECLOUD_FUNCTION(primecloud_forget_cursor_keys, forget_cursor_keys);
