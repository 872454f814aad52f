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

// The member of that name, or at the end of that path; nullptr where there is none.
const nlohmann::json *member_named(const nlohmann::json &document, std::string_view name) {
  if (name.empty()) return nullptr;
  const bool path = name.front() == '/';
  const nlohmann::json *at = &document;
  if (path) name.remove_prefix(1);
  for (;;) {
    const auto end = path ? name.find('/') : name.npos;
    if (!at->is_object()) return nullptr;
    const auto found = at->find(std::string(name.substr(0, end)));
    if (found == at->end()) return nullptr;
    at = &*found;
    if (end == name.npos) return at;
    name.remove_prefix(end + 1);
  }
}

std::optional<std::string> text_of(const nlohmann::json &value) {
  if (!value.is_string()) return std::nullopt;
  auto text = value.get<std::string>();
  if (text.empty() || text.find('\0') != text.npos) return std::nullopt;
  return text;
}

struct named_value {
  std::optional<std::string> text;
  bool is_number = false, is_there = false;
};

// Text, or a number where ids are numbers.
named_value id_named(const nlohmann::json &document, std::string_view name) {
  const auto *member = member_named(document, name);
  if (member == nullptr) return {};
  if (!member->is_number()) return {text_of(*member), false, true};
  return {integer_text(*member), true, true};
}

}  // namespace

std::optional<std::string> claimed_issuer(std::string_view payload) {
  const auto document = read_strict_object(payload);
  return document ? text_member(*document, "iss") : std::nullopt;
}

result<token_claims> parse_token_claims(std::string_view payload, const claim_names &names) {
  const auto document = read_strict_object(payload);
  if (!document) return no_claims("the payload is not a JSON object without duplicates");
  token_claims claims;
  const auto subject = id_named(*document, names.user);
  if (!subject.text) return no_claims("the payload has no user: sub, or the claim that the issuer names");
  claims.subject = *subject.text;
  claims.subject_is_number = subject.is_number;
  const auto expires = time_member(*document, "exp");
  if (!expires) return no_claims("the payload has no exp in whole seconds");
  claims.expires = *expires;
  const auto *audience = member_named(*document, names.audience);
  if (audience == nullptr) return no_claims("the payload has no aud");
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
  const auto account = id_named(*document, names.account);
  claims.account_is_number = account.is_number;
  claims.account = account.text;
  if (account.is_number && !account.text) return no_claims("account is a number, and not an integer of 64 bits");
  if (account.is_there && !account.text) return no_claims("account is neither text nor a number");
  if (document->contains("iss") && !(claims.issuer = text_member(*document, "iss")))
    return no_claims("iss is not text");
  const auto *role = member_named(*document, names.role);
  if (role != nullptr && !(claims.role = text_of(*role))) return no_claims("role is not text");
  for (const auto &[name, member] : {std::pair{"nbf", &claims.not_before}, {"iat", &claims.issued_at}}) {
    if (!document->contains(name)) continue;
    *member = time_member(*document, name);
    if (!*member) return no_claims("nbf or iat is not a time in whole seconds");
  }
  if (claims.role && !claims.account) return no_claims("the payload has a role but no account");
  if (claims.subject_is_number && !claims.account) return no_claims("the user is a number, and there is no account");
  return claims;
}

std::optional<std::string> token_problem(const token_claims &claims, const token_policy &policy) {
  if (std::find(claims.audience.begin(), claims.audience.end(), policy.audience) == claims.audience.end())
    return "aud is another database's";
  if (policy.issuer && claims.issuer != policy.issuer) return "iss is not the key's issuer";
  if (claims.expires <= policy.now) return "the token has expired";
  if (claims.not_before && *claims.not_before > policy.now + policy.leeway) return "the token is not valid yet";
  if (claims.issued_at && *claims.issued_at > policy.now + policy.leeway) return "the token was issued in the future";
  const auto issued = claims.issued_at.value_or(policy.now);
  if (claims.expires - issued > policy.longest_life) return "the token lives too long";
  return std::nullopt;
}

}  // namespace primecloud
