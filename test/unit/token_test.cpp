#include "core/tenant/token.hpp"

#include <gtest/gtest.h>
#include <sodium.h>

#include "core/base64url.hpp"

namespace primecloud {
namespace {

std::string encode_text(std::string_view text) {
  return base64url_encode({reinterpret_cast<const std::uint8_t *>(text.data()), text.size()});
}
std::string compose(std::string_view header, std::string_view payload, std::string_view signature = "s") {
  return encode_text(header) + "." + encode_text(payload) + "." + encode_text(signature);
}
constexpr std::string_view header = R"({"alg":"EdDSA","kid":"k"})";

// RFC 8037, appendix A: the key, the signing input and the signature of its example.
TEST(Token, VerifiesTheExampleOfRfc8037) {
  const auto key = *base64url_decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
  token example{
      "", "EdDSA", "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
      *base64url_decode("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"), ""};
  EXPECT_TRUE(verify_token(example, token_algorithm::eddsa, key));
  EXPECT_FALSE(verify_token(example, token_algorithm::hs256, key)) << "the algorithm is the key's";
  for (auto &octet : example.signature) {
    octet ^= 1;
    EXPECT_FALSE(verify_token(example, token_algorithm::eddsa, key));
    octet ^= 1;
  }
}

// RFC 7515, appendix A.1.
TEST(Token, VerifiesTheHs256ExampleOfRfc7515) {
  const auto key =
      *base64url_decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
  const token example{"", "HS256",
                      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
                      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ",
                      *base64url_decode("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"), ""};
  EXPECT_TRUE(verify_token(example, token_algorithm::hs256, key));
  EXPECT_FALSE(verify_token(example, token_algorithm::eddsa, key));
}

struct bad {
  const char *what;
  std::string text;
  const char *reason;
};

std::string deep(int levels) {
  std::string value = "1";
  for (int i = 0; i < levels; i++) value = R"({"a":)" + value + "}";
  return R"({"alg":"EdDSA","kid":"k","x":)" + value + "}";
}

TEST(Token, RefusesWhatIsNotACompactJws) {
  const std::string good = compose(header, "{}");
  ASSERT_TRUE(parse_token(good));
  ASSERT_TRUE(parse_token(compose(deep(3), "{}"))) << "members that nobody asks for are left alone";
  const char *parts = "the token has not three parts", *spelling = "a part of the token is not canonical base64url",
             *object = "the header is not a JSON object without duplicates",
             *members = "the header has no alg or no kid";
  const bad table[] = {
      {"nothing", "", parts},
      {"two parts", "a.b", parts},
      {"four parts", good + ".x", parts},
      {"a JSON serialization", R"({"payload":"","protected":"","signature":""})", parts},
      {"padding", good + "=", spelling},
      {"a space before", " " + good, spelling},
      {"a newline behind", good + "\n", spelling},
      {"a NUL within", std::string("a\0.b.c", 6), spelling},
      {"the other alphabet", compose(header, "{}").replace(0, 1, "+"), spelling},
      {"bits that must be zero", encode_text(header) + ".e30.cx", spelling},
      {"a length that nothing has", encode_text(header) + ".e30.aaaaa", spelling},
      {"an empty header", "." + encode_text("{}") + ".cw", object},
      {"no object", compose(R"(["EdDSA"])", "{}"), object},
      {"a string", compose(R"("EdDSA")", "{}"), object},
      {"something behind the object", compose(R"({"alg":"EdDSA","kid":"k"}})", "{}"), object},
      {"a comment", compose(R"({"alg":"EdDSA",/**/"kid":"k"})", "{}"), object},
      {"a trailing comma", compose(R"({"alg":"EdDSA","kid":"k",})", "{}"), object},
      {"a byte order mark", compose("\xEF\xBB\xBF{\"alg\":\"EdDSA\",\"kid\":\"k\"}", "{}"), object},
      {"not UTF-8", compose("{\"alg\":\"EdDSA\",\"kid\":\"\xC3\"}", "{}"), object},
      {"half a surrogate pair", compose(R"({"alg":"EdDSA","kid":"\ud800"})", "{}"), object},
      {"a member twice", compose(R"({"alg":"EdDSA","alg":"HS256","kid":"k"})", "{}"), object},
      {"a member twice, once escaped", compose(R"({"alg":"EdDSA","\u0061lg":"HS256","kid":"k"})", "{}"), object},
      {"a member twice, further down", compose(R"({"alg":"EdDSA","kid":"k","x":{"a":1,"a":2}})", "{}"), object},
      {"too deep", compose(deep(4), "{}"), object},
      {"far too deep", compose(deep(900), "{}"), object},
      {"no alg", compose(R"({"kid":"k"})", "{}"), members},
      {"no kid", compose(R"({"alg":"EdDSA"})", "{}"), members},
      {"an alg that is a number", compose(R"({"alg":1,"kid":"k"})", "{}"), members},
      {"an empty kid", compose(R"({"alg":"EdDSA","kid":""})", "{}"), members},
      {"a NUL in the kid", compose(R"({"alg":"EdDSA","kid":"k\u0000"})", "{}"), members},
      {"crit", compose(R"({"alg":"EdDSA","kid":"k","crit":["exp"]})", "{}"), "the header has a crit member"},
      {"an empty crit", compose(R"({"alg":"EdDSA","kid":"k","crit":[]})", "{}"), "the header has a crit member"},
      {"b64", compose(R"({"alg":"EdDSA","kid":"k","b64":false})", "{}"), "the header has a b64 member"},
      {"too long", std::string(longest_token + 1, 'A'), "the token is too long"},
      {"too long, of dots", std::string(longest_token + 1, '.'), "the token is too long"},
  };
  for (const auto &[what, text, reason] : table) {
    const auto parsed = parse_token(text);
    ASSERT_FALSE(parsed) << what;
    EXPECT_EQ(parsed.reason().message, reason) << what;
    EXPECT_STREQ(parsed.reason().code.text, "28000") << what;
  }
}

// The signature is good in each of these, and the algorithm or the key is not.
TEST(Token, NoHeaderChoosesTheAlgorithm) {
  std::uint8_t public_key[crypto_sign_PUBLICKEYBYTES], secret_key[crypto_sign_SECRETKEYBYTES];
  crypto_sign_keypair(public_key, secret_key);
  const auto sign = [&](std::string_view head) {
    std::string input = encode_text(head) + ".e30";
    std::uint8_t signature[crypto_sign_BYTES];
    crypto_sign_detached(signature, nullptr, reinterpret_cast<const std::uint8_t *>(input.data()), input.size(),
                         secret_key);
    return input + "." + base64url_encode(signature);
  };
  // The public key as the secret of an HMAC, which anybody can compute.
  const auto mac = [&](std::string_view head) {
    std::string input = encode_text(head) + ".e30";
    std::uint8_t tag[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256(tag, reinterpret_cast<const std::uint8_t *>(input.data()), input.size(), public_key);
    return input + "." + base64url_encode(tag);
  };
  const auto holds = [&](const std::string &text, token_algorithm algorithm) {
    return verify_token(*parse_token(text), algorithm, public_key);
  };
  EXPECT_TRUE(holds(sign(header), token_algorithm::eddsa));
  EXPECT_TRUE(holds(mac(R"({"alg":"HS256","kid":"k"})"), token_algorithm::hs256)) << "where the key row says HS256";
  const std::pair<const char *, std::string> table[] = {
      {"HS256 with the public key as its secret", mac(R"({"alg":"HS256","kid":"k"})")},
      {"the same, called EdDSA", mac(header)},
      {"none", encode_text(R"({"alg":"none","kid":"k"})") + ".e30."},
      {"none, signed all the same", sign(R"({"alg":"none","kid":"k"})")},
      {"another spelling", sign(R"({"alg":"eddsa","kid":"k"})")},
      {"no signature", encode_text(header) + ".e30."},
      {"a signature cut short", sign(header).substr(0, sign(header).size() - 4)},
      {"another payload", encode_text(header) + ".e31" + sign(header).substr(encode_text(header).size() + 4)},
  };
  for (const auto &[what, text] : table) {
    const auto parsed = parse_token(text);
    EXPECT_TRUE(!parsed || !verify_token(*parsed, token_algorithm::eddsa, public_key)) << what;
  }
  EXPECT_FALSE(
      verify_token(*parse_token(mac(R"({"alg":"HS256","kid":"k"})")), token_algorithm::hs256, {public_key, 31}))
      << "a short secret";
  const std::string_view others[] = {header, R"({"alg":"none","kid":"k"})", R"({"alg":"hs256","kid":"k"})"};
  for (const std::string_view other : others) {
    const std::string text = mac(other);
    EXPECT_FALSE(holds(text, token_algorithm::hs256)) << "called " << other;
  }
}

// Serial ids come as JSON numbers: each is one text, and known to have been a number.
TEST(Token, TakesAccountsThatAreIntegers) {
  const std::pair<const char *, const char *> table[] = {{"7", "7"},
                                                         {"0", "0"},
                                                         {"-1", "-1"},
                                                         {"9223372036854775807", "9223372036854775807"},
                                                         {"-9223372036854775808", "-9223372036854775808"}};
  for (const auto &[written, account] : table) {
    const auto claims =
        parse_token_claims(R"({"sub":"u","aud":"d","exp":1,"role":"owner","account":)" + std::string(written) + "}");
    ASSERT_TRUE(claims) << written;
    EXPECT_EQ((*claims).account, account);
    EXPECT_TRUE((*claims).account_is_number);
  }
  const auto text = parse_token_claims(R"({"sub":"u","aud":"d","exp":1,"account":"7"})");
  ASSERT_TRUE(text);
  EXPECT_FALSE((*text).account_is_number);
}

TEST(Token, RefusesBadClaims) {
  ASSERT_TRUE(parse_token_claims(R"({"sub":"u","aud":"d","exp":1})"));
  ASSERT_TRUE(parse_token_claims(
      R"({"sub":"u","aud":["d","e"],"exp":1,"iat":0,"nbf":0,"iss":"i","account":"7","role":"owner","more":{"a":[1]}})"));
  const char *object = "the payload is not a JSON object without duplicates",
             *sub = "the payload has no user: sub, or the claim that the issuer names",
             *exp = "the payload has no exp in whole seconds", *text = "account is neither text nor a number",
             *number = "account is a number, and not an integer of 64 bits",
             *time = "nbf or iat is not a time in whole seconds";
  const bad table[] = {
      {"nothing", "", object},
      {"no object", "[]", object},
      {"a member twice", R"({"sub":"u","sub":"v","aud":"d","exp":1})", object},
      {"not a number", R"({"sub":"u","aud":"d","exp":NaN})", object},
      {"no sub", R"({"aud":"d","exp":1})", sub},
      {"an empty sub", R"({"sub":"","aud":"d","exp":1})", sub},
      {"a sub that is a number", R"({"sub":7,"aud":"d","exp":1})", "the user is a number, and there is no account"},
      {"a sub that is a fraction", R"({"sub":7.0,"aud":"d","exp":1,"account":"7"})", sub},
      {"a NUL in the sub", R"({"sub":"u\u0000v","aud":"d","exp":1})", sub},
      {"no exp", R"({"sub":"u","aud":"d"})", exp},
      {"an exp that is text", R"({"sub":"u","aud":"d","exp":"1"})", exp},
      {"an exp that is null", R"({"sub":"u","aud":"d","exp":null})", exp},
      {"half a second", R"({"sub":"u","aud":"d","exp":1.5})", exp},
      {"a power of ten", R"({"sub":"u","aud":"d","exp":1e3})", exp},
      {"before 1970", R"({"sub":"u","aud":"d","exp":-1})", exp},
      {"beyond 63 bits", R"({"sub":"u","aud":"d","exp":18446744073709551615})", exp},
      {"beyond 64 bits", R"({"sub":"u","aud":"d","exp":184467440737095516150})", exp},
      {"milliseconds", R"({"sub":"u","aud":"d","exp":17000000000000})", exp},
      {"no aud", R"({"sub":"u","exp":1})", "the payload has no aud"},
      {"an aud that is a number", R"({"sub":"u","aud":7,"exp":1})", "aud is neither text nor an array of text"},
      {"an aud of numbers", R"({"sub":"u","aud":["d",7],"exp":1})", "aud holds something other than text"},
      {"an account that is a fraction", R"({"sub":"u","aud":"d","exp":1,"account":7.0})", number},
      {"an account with an exponent", R"({"sub":"u","aud":"d","exp":1,"account":7e0})", number},
      {"an account of more than 64 bits", R"({"sub":"u","aud":"d","exp":1,"account":9223372036854775808})", number},
      {"an account of many more", R"({"sub":"u","aud":"d","exp":1,"account":123456789012345678901234567890})", number},
      {"an account that is true", R"({"sub":"u","aud":"d","exp":1,"account":true})", text},
      {"an account that is null", R"({"sub":"u","aud":"d","exp":1,"account":null})", text},
      {"an empty account", R"({"sub":"u","aud":"d","exp":1,"account":""})", text},
      {"a role that is a list", R"({"sub":"u","aud":"d","exp":1,"account":"7","role":["owner"]})", "role is not text"},
      {"an iss that is a list", R"({"sub":"u","aud":"d","exp":1,"iss":["i"]})", "iss is not text"},
      {"an nbf that is text", R"({"sub":"u","aud":"d","exp":1,"nbf":"0"})", time},
      {"an iat before 1970", R"({"sub":"u","aud":"d","exp":1,"iat":-5})", time},
      {"a role without an account", R"({"sub":"u","aud":"d","exp":1,"role":"owner"})",
       "the payload has a role but no account"},
  };
  for (const auto &[what, payload, reason] : table) {
    const auto claims = parse_token_claims(payload);
    ASSERT_FALSE(claims) << what;
    EXPECT_EQ(claims.reason().message, reason) << what;
  }
}

TEST(Token, ReadsClaimsUnderTheNamesOfItsIssuer) {
  constexpr std::string_view payload =
      R"({"sub":"u","azp":"d","exp":1,"o":{"id":"one","of":{"x":7}},"role":"authenticated","account":"no"})";
  const auto read = [&](claim_names names) { return parse_token_claims(payload, names); };
  const auto claims = read({"sub", "/o/id", "", "azp"});
  ASSERT_TRUE(claims);
  EXPECT_EQ((*claims).account, "one");
  EXPECT_EQ((*claims).role, std::nullopt);
  EXPECT_EQ((*claims).audience, std::vector<std::string>{"d"});
  const auto deep = read({"/o/of/x", "account", "", "azp"});
  ASSERT_TRUE(deep);
  EXPECT_TRUE((*deep).subject == "7" && (*deep).subject_is_number && (*deep).account == "no");
  EXPECT_EQ((*read({"sub", "/o/none", "", "azp"})).account, std::nullopt);
  EXPECT_EQ((*read({"sub", "/sub/id", "", "azp"})).account, std::nullopt) << "a path through a text";
  EXPECT_FALSE(read({"sub", "/o", "", "azp"})) << "an object is no account";
  EXPECT_FALSE(read({"sub", "account", "", "aud"})) << "no audience";
}

TEST(Token, HoldsItsTimeAndAudience) {
  constexpr std::int64_t now = 1'000'000;
  const token_policy policy{"db", "issuer", 300, now};
  using optional_time = std::optional<std::int64_t>;
  struct dated {
    const char *what;
    std::int64_t expires;
    optional_time issued, not_before;
    const char *problem;  // nullptr: it holds
  };
  const char *old = "the token has expired", *early = "the token is not valid yet",
             *future = "the token was issued in the future", *long_lived = "the token lives too long";
  const dated table[] = {
      {"two minutes", now + 120, now, now, nullptr},
      {"as long as may be", now + 300, now, {}, nullptr},
      {"without iat", now + 300, {}, {}, nullptr},
      {"the last second", now + 1, now - 299, {}, nullptr},
      {"this second", now, now - 100, {}, old},
      {"long ago", 5, 1, {}, old},
      {"a second too long", now + 301, now, {}, long_lived},
      {"a year", now + 31'536'000, now, {}, long_lived},
      {"a year without iat", now + 31'536'000, {}, {}, long_lived},
      {"issued long ago for long", now + 10, now - 291, {}, long_lived},
      {"the issuer's clock is ahead", now + 330, now + 30, now + 30, nullptr},
      {"too far ahead", now + 331, now + 31, {}, future},
      {"far ahead", now + 1'000'000, now + 999'990, {}, future},
      {"not yet", now + 200, now, now + 31, early},
  };
  for (const auto &[what, expires, issued, not_before, problem] : table) {
    token_claims claims;
    claims.audience = {"other", "db"};
    claims.issuer = "issuer";
    claims.expires = expires;
    claims.issued_at = issued;
    claims.not_before = not_before;
    const auto found = token_problem(claims, policy);
    EXPECT_EQ(found.value_or(""), problem == nullptr ? "" : problem) << what;
  }

  const auto judge = [&](std::vector<std::string> audience, std::optional<std::string> issuer, const token_policy &by) {
    token_claims claims;
    claims.audience = std::move(audience);
    claims.issuer = std::move(issuer);
    claims.expires = now + 10;
    return token_problem(claims, by).value_or("");
  };
  const token_policy any_issuer{"db", std::nullopt, 300, now};
  EXPECT_EQ(judge({"db"}, "issuer", policy), "");
  EXPECT_EQ(judge({"db"}, "anybody", any_issuer), "");
  EXPECT_EQ(judge({"db"}, std::nullopt, any_issuer), "");
  EXPECT_EQ(judge({"db"}, "anybody", policy), "iss is not the key's issuer");
  EXPECT_EQ(judge({"db"}, std::nullopt, policy), "iss is not the key's issuer");
  EXPECT_EQ(judge({"other"}, "issuer", policy), "aud is another database's");
  EXPECT_EQ(judge({"DB"}, "issuer", policy), "aud is another database's");
  EXPECT_EQ(judge({"db "}, "issuer", policy), "aud is another database's");
  EXPECT_EQ(judge({}, "issuer", policy), "aud is another database's");
}

}  // namespace
}  // namespace primecloud
