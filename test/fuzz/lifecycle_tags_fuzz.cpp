// Any text, as the tags of an object: agrees with a reader that allocates.
#include <cstdint>
#include <cstdlib>

#include "../unit/lifecycle_plain.hpp"
#include "core/lifecycle/object_tags.hpp"

using namespace primecloud::lifecycle;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  const std::string query(reinterpret_cast<const char *>(data), size);
  object_tags tags(query);
  const auto plainly = plain::tags_of(query);
  if (tags.usable() != plainly.has_value()) std::abort();
  if (!plainly) return 0;
  for (const auto &[key, value] : *plainly) {
    if (!tags.has(key, value)) std::abort();
  }
  if (tags.has("no such key?", "")) std::abort();
  return 0;
}
