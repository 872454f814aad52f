// Keys as they are given: by a person as PEM, by an issuer as a member of a JWK set.
#include "core/tenant/key_identity.hpp"
#include "core/tenant/public_key.hpp"
#include "pg/datum_builtin.hpp"
#include "pg/function.hpp"

namespace {
using namespace primecloud;
using octets = std::vector<std::uint8_t>;

// What is kept of a key; of a shared secret all.
result<octets> token_key_kept(std::string_view name, pg::bytes_view given) {
  const auto algorithm = parse_token_algorithm(name);
  if (!algorithm || *algorithm == token_algorithm::hs256) return octets(given.begin(), given.end());
  return public_key_of(*algorithm, given);
}

using web_key_row = std::tuple<std::optional<std::string>, std::optional<std::string>, std::optional<octets>,
                               std::optional<std::string>>;

web_key_row token_key_of_jwk(std::string_view jwk) {
  const auto read = read_web_key(jwk);
  if (!read) throw read.reason();
  const web_key &key = *read;
  if (!key.passed_over.empty()) return {std::nullopt, std::nullopt, std::nullopt, key.passed_over};
  return {key.id, std::string(token_algorithm_name(key.algorithm)), key.key, std::nullopt};
}

// NULL of an algorithm that nobody knows.
std::optional<octets> token_key_identity(std::string_view name, pg::bytes_view key) {
  const auto algorithm = parse_token_algorithm(name);
  if (!algorithm) return std::nullopt;
  const auto identity = key_identity(*algorithm, key);
  return octets(identity.begin(), identity.end());
}

bool token_secret_public(pg::bytes_view secret, std::optional<pg::bytes_view> key) {
  return key ? is_written_key(secret, *key) : is_public_text(secret);
}
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_token_key_identity, token_key_identity);
PRIMECLOUD_FUNCTION(primecloud_token_secret_public, token_secret_public);
PRIMECLOUD_FUNCTION(primecloud_token_key_kept, token_key_kept);
PRIMECLOUD_FUNCTION(primecloud_token_key_of_jwk, token_key_of_jwk);
