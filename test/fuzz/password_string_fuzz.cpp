// Any text as a stored password hash: no crash, and nothing beyond the limits is accepted.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/secret/password.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  using namespace primecloud;
  const std::string_view text(reinterpret_cast<const char *>(data), size);
  constexpr password_cost limit{65536, 10, 4};
  password_string stored;
  const auto fault = parse_password_string(text, limit, stored);
  (void)looks_like_a_hash(text);
  if (describe(fault)[0] == '\0') std::abort();
  if (fault != password_fault::none) return 0;
  const auto &cost = stored.cost;
  if (cost.memory_kib < 8 || cost.memory_kib > limit.memory_kib || cost.passes < 1 || cost.passes > limit.passes ||
      cost.lanes < 1 || cost.lanes > limit.lanes)
    std::abort();
  if (stored.salt_size < 8 || stored.salt_size > sizeof stored.salt || stored.hash_size < 16 ||
      stored.hash_size > sizeof stored.hash)
    std::abort();
  if (!looks_like_a_hash(text) || text.size() >= password_text_room) std::abort();
  if (cost.memory_kib <= 64 && cost.passes <= 2)
    (void)verify_password("password", stored, text);  // cheap ones are computed
  return 0;
}
