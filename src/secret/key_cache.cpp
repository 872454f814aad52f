#include "secret/key_cache.hpp"

#include <sodium.h>

#include "pg/postgres.hpp"

extern "C" {
#include "common/hashfn.h"
}

namespace primecloud::secret {
namespace {

// Direct-mapped: ids come from a sequence, so neighbours do not displace each other.
constexpr int places = 256;
struct arena {
  cached_key by_id[places];
  std::int64_t active[places];  // by tenant and purpose: the id of a key above
};
arena *kept = nullptr;
std::uint64_t forgotten = 0;
const cached_key *last_active = nullptr;

cached_key &home(std::int64_t id) noexcept { return kept->by_id[static_cast<std::uint64_t>(id) % places]; }
std::int64_t &active_home(std::string_view tenant, key_purpose purpose) noexcept {
  const auto hash = hash_bytes(reinterpret_cast<const unsigned char *>(tenant.data()), static_cast<int>(tenant.size()));
  return kept->active[(hash + static_cast<std::uint32_t>(purpose)) % places];
}
bool is_active(const cached_key &key, std::string_view tenant, key_purpose purpose) noexcept {
  return key.id != 0 && key.active && key.purpose == purpose && key.owner() == tenant;
}

// Locked, guarded and kept out of core dumps.  Once a backend: it costs 80 microseconds.
void make_arena() {
  kept = static_cast<arena *>(sodium_malloc(sizeof(arena)));
  if (kept == nullptr) {
    ereport(ERROR, errcode(ERRCODE_OUT_OF_MEMORY), errmsg("no memory could be set aside for keys"), errhint("Raise the server's RLIMIT_MEMLOCK."));
  }
  sodium_memzero(kept, sizeof(arena));
  if (sodium_mlock(kept, sizeof(arena)) != 0) {
    ereport(LOG_SERVER_ONLY, errmsg("primecloud could not lock the memory of its keys: it may be swapped out"), errhint("Raise the server's RLIMIT_MEMLOCK."),
            errhidestmt(true), errhidecontext(true));
  }
  sodium_memzero(kept, sizeof(arena));
}

}  // namespace

const char *purpose_name(key_purpose purpose) noexcept {
  switch (purpose) {
    case key_purpose::seal: return "seal";
    case key_purpose::index: return "index";
    case key_purpose::token: return "token";
  }
  return "";
}

const cached_key *cached_by_id(std::int64_t id) noexcept {
  if (kept == nullptr) return nullptr;
  const cached_key &key = home(id);
  return key.id == id ? &key : nullptr;
}

const cached_key *cached_active(std::string_view tenant, key_purpose purpose) noexcept {
  if (kept == nullptr) return nullptr;
  if (last_active != nullptr && is_active(*last_active, tenant, purpose)) return last_active;
  const std::int64_t id = active_home(tenant, purpose);
  if (id == 0 || !is_active(home(id), tenant, purpose)) return nullptr;
  return last_active = &home(id);
}

const cached_key *keep_key(const cached_key &key) {
  if (kept == nullptr) make_arena();
  cached_key &place = home(key.id);
  place = key;
  if (key.active) active_home(key.owner(), key.purpose) = key.id;
  return &place;
}

void forget_keys() noexcept {
  forgotten++;
  last_active = nullptr;
  if (kept != nullptr) sodium_memzero(kept, sizeof(arena));
}

std::uint64_t times_forgotten() noexcept { return forgotten; }

}  // namespace primecloud::secret
