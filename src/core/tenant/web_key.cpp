// A member of an issuer's JWK set.
#include <algorithm>

#include "core/base64url.hpp"
#include "core/tenant/public_key.hpp"
#include "core/tenant/signature.hpp"
#include "core/tenant/strict_json.hpp"

namespace primecloud {
namespace {

using octets = std::vector<std::uint8_t>;

error refuse_key_set(const char *what) {
  return error(invalid_value, what)
      .with_hint("Nothing of the set was taken: ask the issuer for a set of his public keys.");
}

std::optional<octets> octets_member(const nlohmann::json &object, const char *name) {
  const auto text = text_member(object, name);
  return text ? base64url_decode(*text) : std::nullopt;
}

// The algorithm that a key says, or that its kind has where it says none; nothing where it is for something else.
std::optional<token_algorithm> algorithm_of(const nlohmann::json &key) {
  const auto kind = text_member(key, "kty").value_or(""), curve = text_member(key, "crv").value_or("");
  const bool rsa = kind == "RSA", p256 = kind == "EC" && curve == "P-256",
             edwards = kind == "OKP" && curve == "Ed25519";
  const auto said = text_member(key, "alg").value_or(rsa ? "RS256" : p256 ? "ES256" : edwards ? "EdDSA" : "");
  if (rsa && said == "PS256") return token_algorithm::ps256;
  if (rsa && said == "RS256") return token_algorithm::rs256;
  if (p256 && said == "ES256") return token_algorithm::es256;
  if (edwards && said == "EdDSA") return token_algorithm::eddsa;
  return std::nullopt;
}

// What a key says that it is for; what says it in no way that anybody knows is for something else.
bool verifies(const nlohmann::json &key) {
  if (key.contains("use") && text_member(key, "use") != "sig") return false;
  const auto operations = key.find("key_ops");
  if (operations == key.end()) return true;
  return operations->is_array() && std::find(operations->begin(), operations->end(), "verify") != operations->end();
}

std::optional<octets> octets_of(const nlohmann::json &key, token_algorithm algorithm) {
  if (algorithm == token_algorithm::eddsa) return octets_member(key, "x");
  if (algorithm == token_algorithm::es256) {
    auto x = octets_member(key, "x");
    const auto y = octets_member(key, "y");
    if (!x || !y || x->size() != point_size / 2 || y->size() != point_size / 2) return std::nullopt;
    x->insert(x->end(), y->begin(), y->end());
    return x;
  }
  if (octets_member(key, "e") != octets{1, 0, 1}) return std::nullopt;
  return octets_member(key, "n");
}

bool is_sound(token_algorithm algorithm, const octets &key) {
  if (algorithm == token_algorithm::eddsa) return is_sound_ed25519(key);
  return algorithm == token_algorithm::es256 ? is_sound_p256(key) : is_sound_rsa(key);
}

}  // namespace

result<web_key> read_web_key(std::string_view json) {
  const auto key = read_strict_object(json);
  if (!key) return refuse_key_set("a key of the set is no JSON object");
  if (text_member(*key, "kty") == "oct" || key->contains("k"))
    return refuse_key_set("a key of the set is a shared secret");
  if (key->contains("d")) return refuse_key_set("a key of the set is a private one");
  web_key read;
  const auto algorithm = algorithm_of(*key);
  if (!verifies(*key)) read.passed_over = "it does not sign";
  if (!algorithm) read.passed_over = "it is of another algorithm than EdDSA, RS256, PS256 and ES256";
  if (!read.passed_over.empty()) return read;
  const auto id = text_member(*key, "kid");
  if (!id || id->size() > 255) return refuse_key_set("a key of the set has no kid, or one of more than 255 bytes");
  auto octets = octets_of(*key, *algorithm);
  if (!octets || !is_sound(*algorithm, *octets))
    return refuse_key_set(
        "a key of the set is broken: RSA has 2048 to 4096 bits and the exponent 65537, ES256 a point of P-256, "
        "EdDSA one of Ed25519");
  read.id = *id;
  read.algorithm = *algorithm;
  read.key = std::move(*octets);
  return read;
}

}  // namespace primecloud
