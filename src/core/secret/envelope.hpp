// The sealed envelope: what a column holds instead of a secret.
//
//   offset length
//   0      1     format version, 1
//   1      1     suite, 1: BLAKE2b subkey and commitment, ChaCha20-Poly1305 (RFC 8439)
//   2      1     flags, 0
//   3      1     reserved, 0
//   4      8     id of the data key, big-endian
//   12     24    random nonce
//   36     32    key commitment
//   68     n     ciphertext; n may be 0
//   68+n   16    tag
//
//   subkey ‖ commitment = BLAKE2b-512(data key; "pc-seal-1" ‖ bytes 0..11 ‖ nonce ‖ BLAKE2b-512(binding))
//
// The subkey is used once, under a zero nonce.  The commitment makes the ciphertext
// decrypt under one key and one binding alone, which Poly1305 by itself does not
// promise (Bellare and Hoang, 2022, UtC).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace primecloud {

inline constexpr std::size_t envelope_header_size = 68;
inline constexpr std::size_t envelope_tag_size = 16;
inline constexpr std::size_t envelope_overhead = envelope_header_size + envelope_tag_size;
// Secrets are small; a bound keeps a mistake from sealing a file.
inline constexpr std::size_t longest_plaintext = 1 << 20;

using bytes_span = std::span<const std::uint8_t>;
using data_key = std::span<const std::uint8_t, 32>;

inline constexpr std::size_t longest_tenant = 255, longest_label = 128, longest_row_id = 512;

// What an envelope is bound to: it opens nowhere else.  Each part is written with a
// tag and its length, big-endian in four bytes, so that no two bindings read the same.
// Parts longer than the limits above are cut: callers refuse them first.
class binding {
 public:
  binding(std::string_view tenant, std::string_view label, std::string_view row_id) noexcept;
  bytes_span view() const noexcept { return {bytes_.data(), size_}; }

 private:
  std::array<std::uint8_t, 15 + longest_tenant + longest_label + longest_row_id> bytes_;
  std::size_t size_ = 0;
};

// What is wrong with the bytes of an envelope; nullptr if they are one.  Needs no key.
const char *envelope_problem(bytes_span bytes) noexcept;
// 0, which is no key's, where there are too few.
std::int64_t envelope_key_id(bytes_span envelope) noexcept;

// Writes plaintext.size() + envelope_overhead bytes to `out`.  `nonce`: 24 random bytes.
void seal_envelope(bytes_span plaintext, data_key key, std::int64_t key_id, bytes_span bound_to,
                   std::span<const std::uint8_t, 24> nonce, std::uint8_t *out) noexcept;

// Writes size - envelope_overhead bytes to `out`; false, and nothing kept there, if the
// envelope is not this key's, not bound so, or altered.
bool open_envelope(bytes_span envelope, data_key key, bytes_span bound_to, std::uint8_t *out) noexcept;

// Whether it would open.  No plaintext is made.
bool envelope_fits(bytes_span envelope, data_key key, bytes_span bound_to) noexcept;

// The text form: pc1.<base64url>.  Strict: one text for each envelope.
std::string envelope_text(bytes_span envelope);
std::optional<std::vector<std::uint8_t>> parse_envelope_text(std::string_view text);

// Whether a text begins as an envelope of this version does, and is long enough to be one.
bool is_envelope_text(std::string_view text) noexcept;

}  // namespace primecloud
