#include "core/tenant/public_key.hpp"

#include <sodium.h>

#include <algorithm>
#include <optional>

#include "core/tenant/der_reader.hpp"
#include "core/tenant/signature.hpp"

namespace primecloud {
namespace {

using octet_string = std::vector<std::uint8_t>;

error refuse_public_key(std::string what) {
  return error(invalid_value, std::move(what))
      .with_hint(
          "Pass a public key as PEM: openssl pkey -in key.pem -pubout, or of a certificate: openssl x509 -in "
          "cert.pem -noout -pubkey");
}

constexpr std::uint8_t tag_sequence = 0x30, tag_number = 0x02, tag_bits = 0x03, tag_object = 0x06, tag_null = 0x05;
constexpr std::uint8_t rsa_oid[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1},
                       ec_oid[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1},
                       p256_oid[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7}, ed25519_oid[] = {0x2b, 0x65, 0x70};

bool is(const std::optional<octets_view> &found, octets_view wanted) noexcept {
  return found && std::equal(found->begin(), found->end(), wanted.begin(), wanted.end());
}

// A number that is not negative, without the zero that says so.
std::optional<octets_view> take_number(der_reader &in) noexcept {
  auto found = in.take(tag_number);
  if (!found || found->empty() || (*found)[0] >= 0x80) return std::nullopt;
  if (found->size() > 1 && (*found)[0] == 0) {
    if ((*found)[1] < 0x80) return std::nullopt;
    found = found->subspan(1);
  }
  return found;
}

std::optional<octets_view> modulus_in(octets_view content) noexcept {
  der_reader outer(content);
  const auto pair = outer.take(tag_sequence);
  if (!pair || !outer.done()) return std::nullopt;
  der_reader in(*pair);
  const auto modulus = take_number(in), exponent = take_number(in);
  constexpr std::uint8_t usual[] = {1, 0, 1};
  return in.done() && is(exponent, usual) ? modulus : std::nullopt;
}

// What is kept of a SubjectPublicKeyInfo of the algorithm's kind.
std::optional<octets_view> key_in(token_algorithm algorithm, octets_view der) noexcept {
  der_reader outer(der);
  const auto info = outer.take(tag_sequence);
  if (!info || !outer.done()) return std::nullopt;
  der_reader in(*info);
  const auto kind = in.take(tag_sequence);
  auto content = in.take(tag_bits);
  if (!kind || !content || !in.done() || content->empty() || (*content)[0] != 0) return std::nullopt;
  content = content->subspan(1);
  der_reader named(*kind);
  const auto name = named.take(tag_object);
  switch (algorithm) {
    case token_algorithm::eddsa: return is(name, ed25519_oid) && named.done() ? content : std::nullopt;
    case token_algorithm::es256:
      if (!is(name, ec_oid) || !is(named.take(tag_object), p256_oid) || !named.done()) return std::nullopt;
      if (content->size() != 1 + point_size || (*content)[0] != 4) return std::nullopt;
      return content->subspan(1);
    case token_algorithm::rs256:
    case token_algorithm::ps256:
      if (!is(name, rsa_oid) || !is(named.take(tag_null), {}) || !named.done()) return std::nullopt;
      return modulus_in(*content);
    case token_algorithm::hs256: break;
  }
  return std::nullopt;
}

result<octet_string> unwrap_pem(std::string_view text) {
  constexpr std::string_view begin = "-----BEGIN PUBLIC KEY-----", end = "-----END PUBLIC KEY-----";
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.remove_suffix(1);
  if (text.find("PRIVATE KEY") != text.npos)
    return refuse_public_key("the key is a private one, which stays where it signs");
  if (!text.starts_with(begin) || !text.ends_with(end) || text.size() < begin.size() + end.size())
    return refuse_public_key("the PEM is no public key");
  const auto body = text.substr(begin.size(), text.size() - begin.size() - end.size());
  octet_string der(body.size());
  std::size_t size = 0;
  const char *after = nullptr;
  if (sodium_base642bin(der.data(), der.size(), body.data(), body.size(), "\r\n", &size, &after,
                        sodium_base64_VARIANT_ORIGINAL) != 0 ||
      after != body.data() + body.size())
    return refuse_public_key("the PEM is not base64");
  der.resize(size);
  return der;
}

bool is_sound(token_algorithm algorithm, octets_view key) noexcept {
  switch (algorithm) {
    case token_algorithm::eddsa: return is_sound_ed25519(key);
    case token_algorithm::es256: return is_sound_p256(key);
    case token_algorithm::rs256:
    case token_algorithm::ps256: return is_sound_rsa(key);
    case token_algorithm::hs256: break;
  }
  return false;
}

}  // namespace

result<octet_string> public_key_of(token_algorithm algorithm, octets_view given) {
  const std::string_view text(reinterpret_cast<const char *>(given.data()), given.size());
  octet_string unwrapped;
  if (text.starts_with("-----")) {
    auto der = unwrap_pem(text);
    if (!der) return der;
    unwrapped = std::move(*der);
    given = unwrapped;
  }
  const std::size_t kept_size = algorithm == token_algorithm::eddsa   ? crypto_sign_PUBLICKEYBYTES
                                : algorithm == token_algorithm::es256 ? point_size
                                                                      : 0;
  const bool kept = given.size() == kept_size && unwrapped.empty();
  const auto key = kept ? given : key_in(algorithm, given).value_or(octets_view());
  if (key.empty()) return refuse_public_key("the key is none of that algorithm, or not in PEM or DER");
  if (!is_sound(algorithm, key))
    return refuse_public_key(
        "the key is broken: RSA has 2048 to 4096 bits and the exponent 65537, ES256 a point of P-256, EdDSA one of "
        "Ed25519");
  return octet_string(key.begin(), key.end());
}

}  // namespace primecloud
