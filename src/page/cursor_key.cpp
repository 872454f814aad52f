#include "page/cursor_key.hpp"

#include "pg/cached_table.hpp"
#include "pg/varlena.hpp"

extern "C" {
#include "utils/timestamp.h"
}

namespace primecloud::page {
namespace {

// More keys than this are not kept: a database makes one, and one more for each restore.
constexpr int capacity = 32;
struct {
  bool filled = false;
  int count = 0;
  cursor_key keys[capacity];  // newest first
  TimestampTz made[capacity];
} cache;

void forget() noexcept { cache.filled = false; }
pg::cached_table table{"cursor_key", forget};

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

SERVER_CODE void load() {
  table.read([](Oid oid) {
    cache.filled = false;
    cache.count = 0;
    if (!OidIsValid(oid)) return false;
    pg::for_each_row<3>(oid, pg::snapshot_of_now(oid), [](const Datum *values, const bool *nulls) {
      if (nulls[0] || nulls[1] || nulls[2]) return;
      const pg::bytes_view bytes = pg::bytes_in(values[1]);
      cursor_key key;
      if (bytes.size() != key.bytes.size()) return;
      key.id = DatumGetInt32(values[0]);
      memcpy(key.bytes.data(), bytes.data(), key.bytes.size());
      keep(key, DatumGetTimestampTz(values[2]));
    });
    return cache.filled = true;
  });
}

const cursor_key *known(std::int32_t id) noexcept {
  for (int i = 0; i < cache.count; i++) {
    if (cache.keys[i].id == id) return &cache.keys[i];
  }
  return nullptr;
}
}  // namespace

const cursor_key *newest_key() {
  if (!cache.filled) load();
  return cache.count > 0 ? &cache.keys[0] : nullptr;
}

const cursor_key *find_key(std::int32_t id) {
  const bool fresh = !cache.filled;
  if (fresh) load();
  const cursor_key *key = known(id);
  if (key != nullptr || fresh) return key;
  load();  // perhaps restored since, which tells nobody
  return known(id);
}

}  // namespace primecloud::page
