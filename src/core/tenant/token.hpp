// Tokens: compact JWS (RFC 7515) whose payload names a user and, where it has one,
// the account to enter (JWT claims, RFC 7519).
//
// Strict on purpose: canonical base64url, no duplicate members, no "crit", bounded
// size and depth.  The algorithm is the key row's; the header may only agree with it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"

namespace primecloud {

inline constexpr std::size_t longest_token = 8192;  // bytes
inline constexpr std::int64_t clock_leeway = 30;    // seconds by which two clocks may differ

enum class token_algorithm : std::uint8_t { eddsa, hs256 };  // RFC 8037; RFC 7518 3.2

constexpr std::optional<token_algorithm> parse_token_algorithm(std::string_view name) noexcept {
  if (name == "EdDSA") return token_algorithm::eddsa;
  if (name == "HS256") return token_algorithm::hs256;
  return std::nullopt;
}

// A token taken apart, its signature not yet verified.
struct token {
  std::string key_id;
  std::string algorithm;
  std::string_view signed_part;  // of the text that was parsed
  std::vector<std::uint8_t> signature;
  std::string payload;  // JSON, unverified
};

struct token_claims {
  std::string subject;
  std::vector<std::string> audience;
  std::optional<std::string> issuer, account, role;
  bool account_is_number = false;  // in JSON: the key of an account whose keys are integers, and of no other
  std::int64_t expires = 0;        // seconds since 1970
  std::optional<std::int64_t> not_before, issued_at;
};

// Failures say for a log what is wrong, and quote nothing of the token.
result<token> parse_token(std::string_view text);
result<token_claims> parse_token_claims(std::string_view payload);

// Whether the signature is the key's.  `key`: 32 bytes, an Ed25519 public key; or, for
// HS256, at least 32 bytes of shared secret.
bool verify_token(const token &unverified, token_algorithm algorithm, std::span<const std::uint8_t> key) noexcept;

struct token_policy {
  std::string_view audience;               // one of the token's must be it
  std::optional<std::string_view> issuer;  // if set, must be the token's
  std::int64_t longest_life;               // seconds
  std::int64_t now;                        // seconds since 1970
};

// What is wrong with verified claims at a moment; nothing if they hold.
std::optional<std::string> token_problem(const token_claims &claims, const token_policy &policy);

}  // namespace primecloud
