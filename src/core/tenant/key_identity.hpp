// Whether two keys are one, however they are written, and whether a secret is none.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "core/tenant/token.hpp"

namespace primecloud {

// The same for every key that whoever has the one has too: of a point also its negative, of RSA with whatever padding,
// of a shared secret with what HMAC makes of it.  A digest, so it tells nothing of a secret.
std::array<std::uint8_t, 32> key_identity(token_algorithm algorithm, std::span<const std::uint8_t> key) noexcept;

// Whether a shared secret is a public key as people have it: PEM, DER or a JWK, in base64 or hex too.
bool is_public_text(std::span<const std::uint8_t> secret) noexcept;

// Whether a shared secret is what is kept of a public key, raw, in base64 or in hex.
bool is_written_key(std::span<const std::uint8_t> secret, std::span<const std::uint8_t> key) noexcept;

}  // namespace primecloud
