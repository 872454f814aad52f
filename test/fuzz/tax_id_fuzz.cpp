// Any text as a tax id: no crash, both spellings read back, and the value is one that
// binary input takes.
#include <cstdlib>

#include "core/types/tax_id.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  using namespace primecloud;
  const std::string_view text(reinterpret_cast<const char *>(data), size);
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
