// A token taken apart, and its signature verified.
#include "core/tenant/token.hpp"

#include <sodium.h>

#include "core/base64url.hpp"
#include "core/tenant/signature.hpp"
#include "core/tenant/strict_json.hpp"

namespace primecloud {
namespace {

error refuse(const char *what) { return error(sqlstate{"28000"}, what); }

std::optional<std::string> decode_text(std::string_view part) {
  const auto bytes = base64url_decode(part);
  if (!bytes) return std::nullopt;
  return std::string(bytes->begin(), bytes->end());
}

}  // namespace

result<token> parse_token(std::string_view text) {
  if (text.size() > longest_token) return refuse("the token is too long");
  const auto first = text.find('.');
  const auto second = first == text.npos ? text.npos : text.find('.', first + 1);
  if (second == text.npos || text.find('.', second + 1) != text.npos) return refuse("the token has not three parts");
  const auto header_text = decode_text(text.substr(0, first));
  auto payload = decode_text(text.substr(first + 1, second - first - 1));
  auto signature = base64url_decode(text.substr(second + 1));
  if (!header_text || !payload || !signature) return refuse("a part of the token is not canonical base64url");
  const auto header = read_strict_object(*header_text);
  if (!header) return refuse("the header is not a JSON object without duplicates");
  // RFC 7515 4.1.11: whoever does not understand an extension named there must refuse.
  if (header->contains("crit")) return refuse("the header has a crit member");
  if (header->contains("b64")) return refuse("the header has a b64 member");
  const auto algorithm = text_member(*header, "alg");
  const auto key_id = text_member(*header, "kid");
  if (!algorithm || !key_id) return refuse("the header has no alg or no kid");
  return token{*key_id, *algorithm, text.substr(0, second), std::move(*signature), std::move(*payload)};
}

bool verify_token(const token &unverified, token_algorithm algorithm, std::span<const std::uint8_t> key) noexcept {
  const auto *message = reinterpret_cast<const std::uint8_t *>(unverified.signed_part.data());
  const auto size = unverified.signed_part.size();
  if (unverified.algorithm != token_algorithm_name(algorithm)) return false;
  switch (algorithm) {
    case token_algorithm::es256: return verify_p256(key, {message, size}, unverified.signature);
    case token_algorithm::rs256: return verify_rsa(key, rsa_padding::pkcs1, {message, size}, unverified.signature);
    case token_algorithm::ps256: return verify_rsa(key, rsa_padding::pss, {message, size}, unverified.signature);
    case token_algorithm::eddsa:
      return key.size() == crypto_sign_PUBLICKEYBYTES && unverified.signature.size() == crypto_sign_BYTES &&
             crypto_sign_verify_detached(unverified.signature.data(), message, size, key.data()) == 0;
    case token_algorithm::hs256: {
      if (key.size() < 32 || unverified.signature.size() != crypto_auth_hmacsha256_BYTES) return false;
      crypto_auth_hmacsha256_state state;
      std::uint8_t expected[crypto_auth_hmacsha256_BYTES];
      crypto_auth_hmacsha256_init(&state, key.data(), key.size());
      crypto_auth_hmacsha256_update(&state, message, size);
      crypto_auth_hmacsha256_final(&state, expected);
      const bool same = sodium_memcmp(expected, unverified.signature.data(), sizeof expected) == 0;
      sodium_memzero(expected, sizeof expected);
      sodium_memzero(&state, sizeof state);
      return same;
    }
  }
  return false;
}

}  // namespace primecloud
