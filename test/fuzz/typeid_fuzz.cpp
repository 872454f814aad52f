// Any text as a TypeID: no crash, and what is accepted is written the same.
#include <cstdint>
#include <cstdlib>

#include "core/types/typeid.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  using namespace primecloud;
  const std::string_view text(reinterpret_cast<const char *>(data), size);
  const auto parts = split_typeid(text);
  if (parts && *make_typeid((*parts).prefix, (*parts).id) != text) std::abort();
  if (const auto id = parse_uuid(text)) {
    if ((*split_typeid(uuid_base32(*id))).id != *id) std::abort();
  }
  return 0;
}
