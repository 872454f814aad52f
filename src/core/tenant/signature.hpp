// Signatures of issuers, verified by libcrypto: RS256 and PS256 (RFC 7518, 3.3 and 3.5), ES256 (3.4).
//
// Keys are as they are kept: of RSA the modulus alone, since the exponent is 65537; of P-256 x and y.
#pragma once

#include <cstdint>
#include <span>

namespace primecloud {

inline constexpr std::size_t shortest_modulus = 256, longest_modulus = 512;  // bytes: 2048 to 4096 bits
inline constexpr std::size_t point_size = 64;                                // x and y, 32 bytes each

enum class rsa_padding : std::uint8_t { pkcs1, pss };

using octets_view = std::span<const std::uint8_t>;

bool verify_rsa(octets_view modulus, rsa_padding padding, octets_view message, octets_view signature) noexcept;
// The signature is R and S, 32 bytes each.
bool verify_p256(octets_view point, octets_view message, octets_view signature) noexcept;

// Whether somebody can have made it as a key: what no prime numbers make, and a point beside the curve, are none.
bool is_sound_rsa(octets_view modulus) noexcept;
bool is_sound_p256(octets_view point) noexcept;
bool is_sound_ed25519(octets_view point) noexcept;

}  // namespace primecloud
