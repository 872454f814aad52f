// The input says what is sealed, where, and what is altered afterwards: the envelope
// opens where it belongs, and nowhere else, and not once a byte of it differs.
#include <cstdint>
#include <cstdlib>

#include "core/secret/envelope.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  using namespace primecloud;
  if (size < 6) return 0;
  std::string_view rest(reinterpret_cast<const char *>(data) + 6, size - 6);
  const auto take = [&rest](std::size_t wanted) {
    const auto part = rest.substr(0, wanted);
    rest.remove_prefix(part.size());
    return part;
  };
  const auto tenant = take(data[0]), label = take(data[1] % 128), row = take(data[2]);
  const bytes_span plaintext(reinterpret_cast<const std::uint8_t *>(rest.data()), rest.size());
  constexpr std::uint8_t key[32] = {1}, nonce[24] = {2};
  const binding where(tenant, label, row);
  std::vector<std::uint8_t> envelope(plaintext.size() + envelope_overhead), out(plaintext.size() + 1);
  seal_envelope(plaintext, data_key(key), 1, where.view(), std::span<const std::uint8_t, 24>(nonce), envelope.data());
  if (!open_envelope(envelope, data_key(key), where.view(), out.data()) ||
      !std::equal(plaintext.begin(), plaintext.end(), out.begin()))
    std::abort();
  // one part's end moved into the next: another place, unless nothing moves
  if (!tenant.empty() && open_envelope(envelope, data_key(key),
                                       binding(tenant.substr(0, tenant.size() - 1), label, row).view(), out.data()))
    std::abort();
  if (tenant != row && open_envelope(envelope, data_key(key), binding(row, label, tenant).view(), out.data()))
    std::abort();
  const std::size_t at = (std::size_t{data[3]} << 8 | data[4]) % envelope.size();
  if (data[5] == 0) return 0;
  envelope[at] ^= data[5];
  if (open_envelope(envelope, data_key(key), where.view(), out.data())) std::abort();
  return 0;
}
