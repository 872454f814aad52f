// Keys as they are given: by a person as PEM, by an issuer as a member of a JWK set.
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
}  // namespace

PRIMECLOUD_FUNCTION(primecloud_token_key_kept, token_key_kept);
PRIMECLOUD_FUNCTION(primecloud_token_key_of_jwk, token_key_of_jwk);
