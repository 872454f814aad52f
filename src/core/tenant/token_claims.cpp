// What a token claims: read from its payload, and held to a policy.
#include <algorithm>
#include <limits>

#include "core/tenant/strict_json.hpp"
#include "core/tenant/token.hpp"

namespace primecloud {
namespace {

error no_claims(const char *what) { return error(sqlstate{"28000"}, what); }

// A NumericDate: whole seconds here, since nobody's clock needs more.
std::optional<std::int64_t> time_member(const nlohmann::json &object, const char *name) {
  const auto member = object.find(name);
  if (member == object.end() || !member->is_number_integer()) return std::nullopt;
  if (member->is_number_unsigned() && member->get<std::uint64_t>() > std::numeric_limits<std::int32_t>::max() * 1024ULL)
    return std::nullopt;
  const auto value = member->get<std::int64_t>();
  if (value < 0) return std::nullopt;
  return value;
}

// Serial ids come as JSON numbers.  What was written as a fraction or with an exponent is none, whatever its value.
std::optional<std::string> integer_text(const nlohmann::json &number) {
  if (!number.is_number_integer()) return std::nullopt;
  if (number.is_number_unsigned() && number.get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max())
    return std::nullopt;
  return std::to_string(number.get<std::int64_t>());
}

}  // namespace

result<token_claims> parse_token_claims(std::string_view payload) {
  const auto document = read_strict_object(payload);
  if (!document) return no_claims("the payload is not a JSON object without duplicates");
  token_claims claims;
  const auto subject = text_member(*document, "sub");
  if (!subject) return no_claims("the payload has no sub");
  claims.subject = *subject;
  const auto expires = time_member(*document, "exp");
  if (!expires) return no_claims("the payload has no exp in whole seconds");
  claims.expires = *expires;
  const auto audience = document->find("aud");
  if (audience == document->end()) return no_claims("the payload has no aud");
  if (audience->is_string()) {
    claims.audience.push_back(audience->get<std::string>());
  } else if (audience->is_array()) {
    for (const auto &one : *audience) {
      if (!one.is_string()) return no_claims("aud holds something other than text");
      claims.audience.push_back(one.get<std::string>());
    }
  } else {
    return no_claims("aud is neither text nor an array of text");
  }
  const auto account = document->find("account");
  claims.account_is_number = account != document->end() && account->is_number();
  if (claims.account_is_number) {
    claims.account = integer_text(*account);
    if (!claims.account) return no_claims("account is a number, and not an integer of 64 bits");
  }
  for (const auto &[name, member] :
       {std::pair{"iss", &claims.issuer}, {"account", &claims.account}, {"role", &claims.role}}) {
    if (!document->contains(name) || *member) continue;
    *member = text_member(*document, name);
    if (!*member) return no_claims("iss or role is not text, or account neither text nor a number");
  }
  for (const auto &[name, member] : {std::pair{"nbf", &claims.not_before}, {"iat", &claims.issued_at}}) {
    if (!document->contains(name)) continue;
    *member = time_member(*document, name);
    if (!*member) return no_claims("nbf or iat is not a time in whole seconds");
  }
  if (claims.role && !claims.account) return no_claims("the payload has a role but no account");
  return claims;
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
