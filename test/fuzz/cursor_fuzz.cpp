// Any text as a cursor: no crash; what a key's owner made reads back, and one that
// differs in a character does not.
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "core/page/cursor.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  using namespace primecloud;
  const std::string_view text(reinterpret_cast<const char *>(data), size);
  cursor_key key{7, {}};
  key.bytes.fill(3);
  (void)cursor_key_id(text);
  if (const auto at = decode_cursor(text, key, "list", "account")) {
    if (encode_cursor(*at, key, "list", "account") != text) std::abort();
  }
  if (size < 26) return 0;
  position at;
  std::memcpy(&at.time, data, 8);
  std::memcpy(at.id.octets.data(), data + 8, 16);
  std::string cursor = encode_cursor(at, key, text.substr(26), "account");
  const auto back = decode_cursor(cursor, key, text.substr(26), "account");
  if (!back || back->time.microseconds != at.time.microseconds || back->id != at.id) std::abort();
  if (decode_cursor(cursor, key, text.substr(26), "another") || decode_cursor(cursor, key, text.substr(25), "account"))
    std::abort();
  char &altered = cursor[data[24] % cursor.size()];
  const char before = altered;
  altered = static_cast<char>(data[25]);
  if (altered != before && decode_cursor(cursor, key, text.substr(26), "account")) std::abort();
  return 0;
}
