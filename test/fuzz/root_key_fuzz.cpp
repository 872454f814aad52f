// Any text as a root key file: no crash; versions are positive, ascending and single; a
// refusal quotes nothing of the file.
#include <cstdint>
#include <cstdlib>

#include "core/secret/root_key.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  using namespace primecloud;
  const std::string_view text(reinterpret_cast<const char *>(data), size);
  const auto keys = parse_root_keys(text);
  if (!keys) {
    const auto &reason = keys.reason();
    if (std::string_view(reason.code.text) != "PC001" || reason.message.size() > 100) std::abort();
    return 0;
  }
  std::int32_t before = 0;
  for (const auto &key : *keys) {
    if (key.version <= before) std::abort();
    before = key.version;
  }
  if (before == 0) std::abort();
  return 0;
}
