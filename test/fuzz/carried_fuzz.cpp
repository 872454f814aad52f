// The input is a text that comes from anywhere, or says how a right one is altered: what was not made with the key is
// never taken, and what was is taken whole.
#include <cstdint>
#include <cstdlib>

#include "core/base64.hpp"
#include "core/tenant/carried.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  using namespace primecloud;
  const std::string_view text(reinterpret_cast<const char *>(data), size);
  root_key root;
  root.version = 1;
  root.bytes.fill(5);
  const carrying_key key(root);
  const carried_session here{"database", 17};
  constexpr std::uint8_t nonce[carried_nonce_size] = {2};
  constexpr timestamp now{800'000'000'000'000};
  if (read_carried(key, here, now, text).state != carried_state::false_text) std::abort();
  const std::string made = carry(key, here, now, text, nonce);
  const carried found = read_carried(key, here, now, made);
  if (made.size() <= longest_carried && (found.state != carried_state::taken || found.identity != text)) std::abort();
  if (size < 3 || data[2] == 0) return 0;
  auto bytes = base64_decode(made);
  bytes[(std::size_t{data[0]} << 8 | data[1]) % bytes.size()] ^= data[2];
  if (read_carried(key, here, now, base64_encode(bytes)).state != carried_state::false_text) std::abort();
  return 0;
}
