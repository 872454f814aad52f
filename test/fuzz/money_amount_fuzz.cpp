// Any text as an amount of money: no crash, and what is accepted reads back.
#include <cstdint>
#include <cstdlib>

#include "core/types/money_amount.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  using namespace primecloud;
  const auto amount = parse_money({reinterpret_cast<const char *>(data), size});
  if (!amount) return 0;
  const auto text = write_money(*amount);
  const auto again = parse_money(text.view());
  if (!again || *again != *amount) std::abort();
  return 0;
}
