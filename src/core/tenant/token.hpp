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

// RFC 8037; RFC 7518, 3.2, 3.4, 3.3 and 3.5
enum class token_algorithm : std::uint8_t { eddsa, hs256, es256, rs256, ps256 };

constexpr std::optional<token_algorithm> parse_token_algorithm(std::string_view name) noexcept {
  if (name == "EdDSA") return token_algorithm::eddsa;
  if (name == "HS256") return token_algorithm::hs256;
  if (name == "ES256") return token_algorithm::es256;
  if (name == "RS256") return token_algorithm::rs256;
  if (name == "PS256") return token_algorithm::ps256;
  return std::nullopt;
}
constexpr std::string_view token_algorithm_name(token_algorithm algorithm) noexcept {
  switch (algorithm) {
    case token_algorithm::eddsa: return "EdDSA";
    case token_algorithm::hs256: return "HS256";
    case token_algorithm::es256: return "ES256";
    case token_algorithm::rs256: return "RS256";
    case token_algorithm::ps256: return "PS256";
  }
  return "";
}

// A token taken apart, its signature not yet verified.
struct token {
  std::string key_id;
  std::string algorithm;
  std::string_view signed_part;  // of the text that was parsed
  std::vector<std::uint8_t> signature;
  std::string payload;  // JSON, unverified
};

// What an issuer calls what is read; a name that begins with a slash is a path of members ("/app_metadata/account").
// An empty name: it is not read.
struct claim_names {
  std::string_view user = "sub", account = "account", role = "role", audience = "aud";
};

struct token_claims {
  std::string subject;
  std::vector<std::string> audience;
  std::optional<std::string> issuer, account, role;
  // In JSON: of accounts, or users, whose keys are integers, and of no others.
  bool account_is_number = false, subject_is_number = false;
  std::int64_t expires = 0;  // seconds since 1970
  std::optional<std::int64_t> not_before, issued_at;
};

// Failures say for a log what is wrong, and quote nothing of the token.
result<token> parse_token(std::string_view text);
result<token_claims> parse_token_claims(std::string_view payload, const claim_names &names = {});

// Who the payload says has issued it, unverified: by it the key is found.
std::optional<std::string> claimed_issuer(std::string_view payload);

// Whether the signature is the key's.  `key`: 32 bytes, an Ed25519 public key; for HS256 at least 32 bytes of shared
// secret; else as core/tenant/signature.hpp has it.
bool verify_token(const token &unverified, token_algorithm algorithm, std::span<const std::uint8_t> key) noexcept;

struct token_policy {
  std::string_view audience;               // one of the token's must be it
  std::optional<std::string_view> issuer;  // if set, must be the token's
  std::int64_t longest_life;               // seconds
  std::int64_t now;                        // seconds since 1970
  std::int64_t leeway = clock_leeway;      // seconds
};

// What is wrong with verified claims at a moment; nothing if they hold.
std::optional<std::string> token_problem(const token_claims &claims, const token_policy &policy);

}  // namespace primecloud
