// A context on its way between nodes, sealed with a key made from the root key, which each of them has.
#include "tenant/carrier.hpp"

#include <sodium.h>

#include "pg/c_string.hpp"
#include "pg/guard.hpp"
#include "pg/startup.hpp"
#include "secret/key_cache.hpp"
#include "secret/root_key_source.hpp"
#include "secret/settings.hpp"

extern "C" {
#include "utils/timestamp.h"
}

namespace primecloud::secret {
namespace {

timestamp now_here() { return {GetCurrentTimestamp()}; }
timestamp long_ago() { return {GetCurrentTimestamp() - 2 * (carried_life + carried_leeway)}; }

// Contexts go along with every transaction: whether the file of the root keys has changed is looked at once a second.
bool read_lately(std::int32_t version, carrying_key *out) {
  constexpr TimestampTz second = 1'000'000;
  static TimestampTz looked_at = 0;
  const TimestampTz now = GetCurrentTimestamp();
  if (now >= looked_at && now - looked_at < second && kept_root(version, nullptr, out)) return true;
  root_key root;
  bool found = false;
  pg::guarded([&] { found = read_root_key(version, &root); });
  looked_at = now;
  if (found) *out = carrying_key(root);
  return found;
}

class with_root_key final : public tenant::carrier {
 public:
  bool can_seal() const noexcept override {
    const auto is_set = [](const char *setting) noexcept { return setting != nullptr && *setting != '\0'; };
    return is_set(root_key_file) || is_set(root_key_command);
  }

  const char *seal(const char *encoded, const carried_session &whose, const char *role, bool is_over) const override {
    carrying_key key;
    (void)read_lately(0, &key);
    std::uint8_t nonce[carried_nonce_size];
    randombytes_buf(nonce, sizeof nonce);
    return pg::c_string_of(carry(key, whose, is_over ? long_ago() : now_here(), encoded, nonce, role));
  }

  // (The database need not have used the root key yet: a text that another key made is none of this cluster's.)
  carried read(const char *text, const carried_session &here) const override {
    const auto version = carried_root_version(text);
    if (!version) return {};
    carrying_key key;
    return read_lately(*version, &key) ? read_carried(key, here, now_here(), text) : carried();
  }
};

const with_root_key given;
SERVER_CODE void give_carrier() { tenant::carrying = &given; }
const pg::startup giving_carrier{give_carrier};

}  // namespace
}  // namespace primecloud::secret
