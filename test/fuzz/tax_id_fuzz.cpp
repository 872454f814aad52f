// Any text as a tax id: no crash, both spellings read back, and the value is one that
// binary input takes.  Any eight bytes as binary input: what it takes, text takes too.
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "core/types/tax_id.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  using namespace primecloud;
  const std::string_view text(reinterpret_cast<const char *>(data), size);
  if (std::int64_t value; size == sizeof value) {
    std::memcpy(&value, data, sizeof value);
    if (is_tax_id(value)) {
      const auto read = parse_tax_id(write_tax_id({value}).view());
      if (!read || (*read).value != value) std::abort();
    }
  }
  const auto id = parse_tax_id(text);
  if (static_cast<bool>(id) == tax_id_problem(text).has_value()) std::abort();
  if (!id) return 0;
  if (!is_tax_id((*id).value)) std::abort();
  for (const auto &again : {write_tax_id(*id), write_masked_tax_id(*id)}) {
    const auto read = parse_tax_id(again.view());
    if (!read || *read != *id) std::abort();
  }
  return 0;
}
