// Any text under any convention: no crash, no overflow, and what is accepted reads back.
#include <cstdint>
#include <cstdlib>

#include "core/types/byte_size.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  using namespace primecloud;
  const std::string_view text(reinterpret_cast<const char *>(data), size);
  if (const auto literal = parse_byte_size(text)) {
    if (*parse_byte_size(write_bytes(*literal).view()) != *literal) std::abort();
    if (*parse_byte_size(write_exact_units(*literal).view()) != *literal) std::abort();
    if (*parse_size(text, size_convention::iec) != *literal) std::abort();
  }
  for (const auto convention : {size_convention::strict, size_convention::iec, size_convention::si, size_convention::pg,
                                size_convention::k8s}) {
    const auto parsed = parse_size(text, convention);
    if (parsed && write_pretty(*parsed, convention).size == 0) std::abort();
  }
  return 0;
}
