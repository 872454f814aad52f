// Any text and any bytes as an envelope: no crash, one text for each envelope, and what
// is accepted opens for nobody who lacks the key.
#include <cstdint>
#include <cstdlib>

#include "core/secret/envelope.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  using namespace primecloud;
  const std::string_view text(reinterpret_cast<const char *>(data), size);
  if (const auto envelope = parse_envelope_text(text)) {
    if (envelope_text(*envelope) != text || envelope_problem(*envelope) != nullptr) std::abort();
  } else if (envelope_problem({data, size}) == nullptr) {
    const auto again = parse_envelope_text(envelope_text({data, size}));
    if (!again || !std::equal(again->begin(), again->end(), data, data + size)) std::abort();
  }
  if (size < envelope_overhead) return 0;
  constexpr std::uint8_t key[32] = {1};
  std::vector<std::uint8_t> out(size - envelope_overhead + 1);
  if (open_envelope({data, size}, data_key(key), binding("t", "l", "r").view(), out.data())) std::abort();
  (void)is_envelope_text(text);
  return 0;
}
