#include "core/secret/envelope.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstring>

#include "core/base64url.hpp"

namespace primecloud {
namespace {
constexpr std::string_view text_prefix = "pc1.";
constexpr std::size_t authenticated_header = 12;
constexpr std::size_t nonce_offset = 12, commitment_offset = 36;
constexpr std::uint8_t zero_nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES] = {};

struct derived {
  std::uint8_t bytes[64];
  const std::uint8_t *subkey() const noexcept { return bytes; }
  const std::uint8_t *commitment() const noexcept { return bytes + 32; }
  ~derived() { sodium_memzero(bytes, sizeof bytes); }
};

void derive(derived &out, data_key key, const std::uint8_t *header, const std::uint8_t *nonce,
            bytes_span bound_to) noexcept {
  constexpr std::string_view domain = "pc-seal-1";
  constexpr std::size_t domain_size = domain.size(), nonce_size = 24, context_size = 64;
  std::uint8_t message[domain_size + authenticated_header + nonce_size + context_size];
  domain.copy(reinterpret_cast<char *>(message), domain_size);
  std::memcpy(message + domain_size, header, authenticated_header);
  std::memcpy(message + domain_size + authenticated_header, nonce, nonce_size);
  std::uint8_t *const context = message + domain_size + authenticated_header + nonce_size;
  crypto_generichash(context, context_size, bound_to.data(), bound_to.size(), nullptr, 0);
  crypto_generichash(out.bytes, sizeof out.bytes, message, sizeof message, key.data(), key.size());
}
}  // namespace

binding::binding(std::string_view tenant, std::string_view label, std::string_view row_id) noexcept {
  std::uint8_t tag = 0;
  for (const std::string_view whole :
       {tenant.substr(0, longest_tenant), label.substr(0, longest_label), row_id.substr(0, longest_row_id)}) {
    bytes_[size_++] = ++tag;
    for (int shift = 24; shift >= 0; shift -= 8) bytes_[size_++] = static_cast<std::uint8_t>(whole.size() >> shift);
    whole.copy(reinterpret_cast<char *>(bytes_.data() + size_), whole.size());
    size_ += whole.size();
  }
}

const char *envelope_problem(bytes_span bytes) noexcept {
  if (bytes.size() < envelope_overhead) return "it is too short";
  if (bytes.size() > longest_plaintext + envelope_overhead) return "it is too long";
  if (bytes[0] != 1) return "its version is not known";
  if (bytes[1] != 1) return "its cipher suite is not known";
  if (bytes[2] != 0 || bytes[3] != 0) return "it has reserved bits set";
  if (envelope_key_id(bytes) <= 0) return "its key id is not positive";
  return nullptr;
}

std::int64_t envelope_key_id(bytes_span envelope) noexcept {
  if (envelope.size() < 12) return 0;  // damaged where it lies
  std::uint64_t id = 0;
  for (std::size_t i = 4; i < 12; i++) id = id << 8 | envelope[i];
  return static_cast<std::int64_t>(id);
}

void seal_envelope(bytes_span plaintext, data_key key, std::int64_t key_id, bytes_span bound_to,
                   std::span<const std::uint8_t, 24> nonce, std::uint8_t *out) noexcept {
  out[0] = 1;
  out[1] = 1;
  out[2] = out[3] = 0;
  for (int i = 0; i < 8; i++)
    out[4 + i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(key_id) >> (56 - 8 * i));
  std::copy(nonce.begin(), nonce.end(), out + nonce_offset);
  derived keys;
  derive(keys, key, out, out + nonce_offset, bound_to);
  std::memcpy(out + commitment_offset, keys.commitment(), 32);
  crypto_aead_chacha20poly1305_ietf_encrypt(out + envelope_header_size, nullptr, plaintext.data(), plaintext.size(),
                                            nullptr, 0, nullptr, zero_nonce, keys.subkey());
}

bool open_envelope(bytes_span envelope, data_key key, bytes_span bound_to, std::uint8_t *out) noexcept {
  if (envelope_problem(envelope) != nullptr) return false;
  derived keys;
  derive(keys, key, envelope.data(), envelope.data() + nonce_offset, bound_to);
  if (sodium_memcmp(keys.commitment(), envelope.data() + commitment_offset, 32) != 0) return false;
  return crypto_aead_chacha20poly1305_ietf_decrypt(out, nullptr, nullptr, envelope.data() + envelope_header_size,
                                                   envelope.size() - envelope_header_size, nullptr, 0, zero_nonce,
                                                   keys.subkey()) == 0;
}

// (Without room for a plaintext the cipher looks at the tag alone.)
bool envelope_fits(bytes_span envelope, data_key key, bytes_span bound_to) noexcept {
  return open_envelope(envelope, key, bound_to, nullptr);
}

std::string envelope_text(bytes_span envelope) { return std::string(text_prefix) + base64url_encode(envelope); }

bool is_envelope_text(std::string_view text) noexcept {
  return text.starts_with("pc1.AQEAA") && text.size() >= text_prefix.size() + envelope_overhead * 4 / 3;
}

std::optional<std::vector<std::uint8_t>> parse_envelope_text(std::string_view text) {
  if (!text.starts_with(text_prefix)) return std::nullopt;
  if (text.size() > (longest_plaintext + envelope_overhead) * 4 / 3 + 8) return std::nullopt;
  auto bytes = base64url_decode(text.substr(text_prefix.size()));
  if (!bytes || envelope_problem(*bytes) != nullptr) return std::nullopt;
  return bytes;
}

}  // namespace primecloud
