#include "core/tenant/token.hpp"

#include <sodium.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base64url.hpp"

namespace primecloud {
namespace {

using json = nlohmann::json;

error refuse(const char *what) { return error(sqlstate{"28000"}, what); }

// Builds a document and refuses what nlohmann would let pass: a member said twice,
// depth, a byte order mark, and anything but an object at the top.
class strict_reader {
 public:
  static std::optional<json> read(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) return std::nullopt;
    std::vector<std::set<std::string>> members;
    bool refused = false;
    const auto watch = [&](int depth, json::parse_event_t event, json &value) {
      if (depth > 4) refused = true;
      if (event == json::parse_event_t::object_start) members.emplace_back();
      if (event == json::parse_event_t::object_end) members.pop_back();
      if (event == json::parse_event_t::key && !members.back().insert(value.get<std::string>()).second) refused = true;
      return true;
    };
    json document = json::parse(text.begin(), text.end(), watch, false);
    if (document.is_discarded() || refused || !document.is_object()) return std::nullopt;
    return document;
  }
};

// A string member without NUL, or nothing.
std::optional<std::string> text_member(const json &object, const char *name) {
  const auto member = object.find(name);
  if (member == object.end() || !member->is_string()) return std::nullopt;
  auto value = member->get<std::string>();
  if (value.empty() || value.find('\0') != value.npos) return std::nullopt;
  return value;
}

// A NumericDate: whole seconds here, since nobody's clock needs more.
std::optional<std::int64_t> time_member(const json &object, const char *name) {
  const auto member = object.find(name);
  if (member == object.end() || !member->is_number_integer()) return std::nullopt;
  if (member->is_number_unsigned() && member->get<std::uint64_t>() > std::numeric_limits<std::int32_t>::max() * 1024ULL)
    return std::nullopt;
  const auto value = member->get<std::int64_t>();
  if (value < 0) return std::nullopt;
  return value;
}

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
  const auto header = strict_reader::read(*header_text);
  if (!header) return refuse("the header is not a JSON object without duplicates");
  // RFC 7515 4.1.11: whoever does not understand an extension named there must refuse.
  if (header->contains("crit")) return refuse("the header has a crit member");
  if (header->contains("b64")) return refuse("the header has a b64 member");
  const auto algorithm = text_member(*header, "alg");
  const auto key_id = text_member(*header, "kid");
  if (!algorithm || !key_id) return refuse("the header has no alg or no kid");
  return token{*key_id, *algorithm, text.substr(0, second), std::move(*signature), std::move(*payload)};
}

result<token_claims> parse_token_claims(std::string_view payload) {
  const auto document = strict_reader::read(payload);
  if (!document) return refuse("the payload is not a JSON object without duplicates");
  token_claims claims;
  const auto subject = text_member(*document, "sub");
  if (!subject) return refuse("the payload has no sub");
  claims.subject = *subject;
  const auto expires = time_member(*document, "exp");
  if (!expires) return refuse("the payload has no exp in whole seconds");
  claims.expires = *expires;
  const auto audience = document->find("aud");
  if (audience == document->end()) return refuse("the payload has no aud");
  if (audience->is_string()) {
    claims.audience.push_back(audience->get<std::string>());
  } else if (audience->is_array()) {
    for (const auto &one : *audience) {
      if (!one.is_string()) return refuse("aud holds something other than text");
      claims.audience.push_back(one.get<std::string>());
    }
  } else {
    return refuse("aud is neither text nor an array of text");
  }
  for (const auto &[name, member] :
       {std::pair{"iss", &claims.issuer}, {"account", &claims.account}, {"role", &claims.role}}) {
    if (!document->contains(name)) continue;
    *member = text_member(*document, name);
    if (!*member) return refuse("iss, account or role is not text");
  }
  for (const auto &[name, member] : {std::pair{"nbf", &claims.not_before}, {"iat", &claims.issued_at}}) {
    if (!document->contains(name)) continue;
    *member = time_member(*document, name);
    if (!*member) return refuse("nbf or iat is not a time in whole seconds");
  }
  if (claims.role && !claims.account) return refuse("the payload has a role but no account");
  return claims;
}

bool verify_token(const token &unverified, token_algorithm algorithm, std::span<const std::uint8_t> key) noexcept {
  const auto *message = reinterpret_cast<const std::uint8_t *>(unverified.signed_part.data());
  const auto size = unverified.signed_part.size();
  switch (algorithm) {
    case token_algorithm::eddsa:
      return unverified.algorithm == "EdDSA" && key.size() == crypto_sign_PUBLICKEYBYTES &&
             unverified.signature.size() == crypto_sign_BYTES &&
             crypto_sign_verify_detached(unverified.signature.data(), message, size, key.data()) == 0;
    case token_algorithm::hs256: {
      if (unverified.algorithm != "HS256" || key.size() < 32 ||
          unverified.signature.size() != crypto_auth_hmacsha256_BYTES)
        return false;
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

std::optional<std::string> token_problem(const token_claims &claims, const token_policy &policy) {
  if (std::find(claims.audience.begin(), claims.audience.end(), policy.audience) == claims.audience.end())
    return "aud is another database's";
  if (policy.issuer && claims.issuer != policy.issuer) return "iss is not the key's issuer";
  if (claims.expires <= policy.now) return "the token has expired";
  if (claims.not_before && *claims.not_before > policy.now + clock_leeway) return "the token is not valid yet";
  if (claims.issued_at && *claims.issued_at > policy.now + clock_leeway) return "the token was issued in the future";
  const auto issued = claims.issued_at.value_or(policy.now);
  if (claims.expires - issued > policy.longest_life) return "the token lives too long";
  return std::nullopt;
}

}  // namespace primecloud
