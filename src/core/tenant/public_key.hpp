// Public keys as people and issuers have them, made into what is kept: PEM and DER (SubjectPublicKeyInfo, RFC 5280),
// and members of a JWK set (RFC 7517).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/tenant/token.hpp"

namespace primecloud {

// Of an algorithm with public keys.  Also takes what is kept: 32 bytes of Ed25519, 64 of P-256.  Whether somebody can
// have made it as a key is asked too.
result<std::vector<std::uint8_t>> public_key_of(token_algorithm algorithm, std::span<const std::uint8_t> given);

struct web_key {
  std::string id;
  token_algorithm algorithm = token_algorithm::eddsa;
  std::vector<std::uint8_t> key;
  std::string passed_over;  // why it is none for tokens; the rest is not said then
};

// What an issuer must not publish (a shared secret, a private key), and a key that is broken, is an error.
result<web_key> read_web_key(std::string_view json);

}  // namespace primecloud
