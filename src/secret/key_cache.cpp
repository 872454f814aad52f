#include "secret/key_cache.hpp"

#include <sodium.h>

#include "pg/postgres.hpp"

extern "C" {
#include "common/hashfn.h"
#include "utils/timestamp.h"
}

namespace primecloud::secret {
namespace {

// Direct-mapped: ids come from a sequence, so neighbours do not displace each other.
constexpr int places = 256;
constexpr std::uint32_t active_places = 1024, probes = 8;
constexpr std::size_t most_roots = 32;
struct kept_root_key {
  std::int32_t version;  // 0: empty
  std::uint8_t bytes[32];
  std::uint8_t carrying[32];  // made from it
};
struct kept_data_keys {
  cached_key by_id[places];
  std::int64_t active[active_places];  // by tenant and purpose: the id of a key above
};
struct arena {
  kept_data_keys data;
  kept_root_key roots[most_roots];  // in ascending order
};
arena *kept = nullptr;
TimestampTz configuration = 0;  // when the configuration was last read
const cached_key *last_active = nullptr;

cached_key &home(std::int64_t id) noexcept { return kept->data.by_id[static_cast<std::uint64_t>(id) % places]; }
std::uint32_t active_place(std::string_view tenant, key_purpose purpose) noexcept {
  const auto hash = hash_bytes(reinterpret_cast<const unsigned char *>(tenant.data()), static_cast<int>(tenant.size()));
  return hash + static_cast<std::uint32_t>(purpose) * 257;
}
bool is_active(const cached_key &key, std::string_view tenant, key_purpose purpose) noexcept {
  return key.id != 0 && key.active && key.purpose == purpose && key.owner() == tenant;
}

// Locked, guarded and kept out of core dumps.  Once a backend: it costs 80 microseconds.
SERVER_CODE void make_arena() {
  kept = static_cast<arena *>(sodium_malloc(sizeof(arena)));
  if (kept == nullptr) {
    ereport(ERROR, errcode(ERRCODE_OUT_OF_MEMORY), errmsg("no memory could be set aside for keys"),
            errhint("Raise the server's RLIMIT_MEMLOCK."));
  }
  sodium_memzero(kept, sizeof(arena));
  if (sodium_mlock(kept, sizeof(arena)) != 0) {
    ereport(LOG_SERVER_ONLY, errmsg("primecloud could not lock the memory of its keys: it may be swapped out"),
            errhint("Raise the server's RLIMIT_MEMLOCK."), errhidestmt(true), errhidecontext(true));
  }
  sodium_memzero(kept, sizeof(arena));
  configuration = PgReloadTime;
}

// After a reload nothing that was read before it is used: so an operator who replaces or
// removes the root key has every session look again.
void follow_reload() noexcept {
  if (configuration == PgReloadTime) return;
  configuration = PgReloadTime;
  forget_keys();
  forget_roots();
}

}  // namespace

const cached_key *cached_by_id(std::int64_t id) noexcept {
  if (kept == nullptr) return nullptr;
  follow_reload();
  const cached_key &key = home(id);
  return key.id == id ? &key : nullptr;
}

const cached_key *cached_active(std::string_view tenant, key_purpose purpose) noexcept {
  if (kept == nullptr) return nullptr;
  follow_reload();
  if (last_active != nullptr && is_active(*last_active, tenant, purpose)) return last_active;
  const std::uint32_t first = active_place(tenant, purpose);
  for (std::uint32_t i = 0; i < probes; i++) {
    const std::int64_t id = kept->data.active[(first + i) % active_places];
    if (id != 0 && is_active(home(id), tenant, purpose)) return last_active = &home(id);
  }
  return nullptr;
}

const cached_key *keep_key(const cached_key &key) {
  set_aside_key_memory();
  cached_key &place = home(key.id);
  place = key;
  if (!key.active) return &place;
  // The first place that is free, or that no longer leads anywhere; or any.
  const std::uint32_t first = active_place(key.owner(), key.purpose);
  for (std::uint32_t i = 0; i <= probes; i++) {
    std::int64_t &id = kept->data.active[(first + i % probes) % active_places];
    if (id != 0 && id != key.id && home(id).id == id && i < probes) continue;
    id = key.id;
    break;
  }
  return &place;
}

void forget_keys() noexcept {
  last_active = nullptr;
  if (kept != nullptr) sodium_memzero(&kept->data, sizeof kept->data);
}

void set_aside_key_memory() {
  if (kept == nullptr) make_arena();
}

void keep_roots(std::span<const root_key> roots) noexcept {
  forget_roots();
  const auto newest = roots.size() > most_roots ? roots.last(most_roots) : roots;
  for (std::size_t i = 0; i < newest.size(); i++) {
    kept->roots[i].version = newest[i].version;
    memcpy(kept->roots[i].bytes, newest[i].bytes.data(), sizeof kept->roots[i].bytes);
    memcpy(kept->roots[i].carrying, carrying_key(newest[i]).bytes.data(), sizeof kept->roots[i].carrying);
  }
}

bool kept_root(std::int32_t version, root_key *out, carrying_key *carrying) noexcept {
  if (kept == nullptr) return false;
  follow_reload();
  const kept_root_key *root = nullptr;
  for (const kept_root_key &each : kept->roots)
    if (each.version != 0 && (version == 0 || each.version == version)) root = &each;
  if (root == nullptr) return false;
  if (out != nullptr) {
    out->version = root->version;
    memcpy(out->bytes.data(), root->bytes, sizeof root->bytes);
  }
  if (carrying != nullptr) {
    carrying->version = root->version;
    memcpy(carrying->bytes.data(), root->carrying, sizeof root->carrying);
  }
  return true;
}

void forget_roots() noexcept {
  if (kept != nullptr) sodium_memzero(kept->roots, sizeof kept->roots);
}

}  // namespace primecloud::secret
