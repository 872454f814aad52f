#include "core/tenant/token.hpp"

#include <gtest/gtest.h>
#include <sodium.h>

#include "core/base64url.hpp"
#include "core/tenant/identity.hpp"

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
  token example{"", "EdDSA", "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
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
  const auto key = *base64url_decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
  const token example{"", "HS256",
                      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ",
                      *base64url_decode("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"), ""};
  EXPECT_TRUE(verify_token(example, token_algorithm::hs256, key));
  EXPECT_FALSE(verify_token(example, token_algorithm::eddsa, key));
}

TEST(Token, RefusesWhatIsNotACompactJws) {
  const std::string good = compose(header, "{}");
  ASSERT_TRUE(parse_token(good));
  for (const std::string &bad : {std::string(), std::string("a.b"), good + ".x", good + "=", " " + good, compose(R"({"alg":"EdDSA"})", "{}"),
                                 compose(R"({"kid":"k"})", "{}"), compose(R"({"alg":"EdDSA","kid":"k","crit":["b64"]})", "{}"),
                                 compose(R"({"alg":"EdDSA","kid":"k","b64":false})", "{}"), compose(R"({"alg":"EdDSA","alg":"HS256","kid":"k"})", "{}"),
                                 compose(R"({"alg":1,"kid":"k"})", "{}"), compose(R"({"alg":"EdDSA","kid":""})", "{}"), compose(R"(["EdDSA"])", "{}"),
                                 compose(R"({"alg":"EdDSA","kid":"k"}})", "{}"), compose(R"({"alg":"EdDSA","kid":"k","x":{"a":{"a":{"a":{"a":1}}}}})", "{}"),
                                 std::string(longest_token + 1, 'A')}) {
    EXPECT_FALSE(parse_token(bad)) << bad;
  }
}

TEST(Token, RefusesBadClaims) {
  ASSERT_TRUE(parse_token_claims(R"({"sub":"u","aud":"d","exp":1})"));
  ASSERT_TRUE(parse_token_claims(R"({"sub":"u","aud":["d","e"],"exp":1,"iat":0,"nbf":0,"iss":"i","account":"7","role":"owner"})"));
  for (const char *bad : {"", "[]", "{}", R"({"aud":"d","exp":1})", R"({"sub":"u","exp":1})", R"({"sub":"u","aud":"d"})",
                          R"({"sub":"","aud":"d","exp":1})", R"({"sub":7,"aud":"d","exp":1})", R"({"sub":"u","aud":7,"exp":1})",
                          R"({"sub":"u","aud":[7],"exp":1})", R"({"sub":"u","aud":"d","exp":"1"})", R"({"sub":"u","aud":"d","exp":1.5})",
                          R"({"sub":"u","aud":"d","exp":-1})", R"({"sub":"u","aud":"d","exp":18446744073709551615})",
                          R"({"sub":"u","sub":"v","aud":"d","exp":1})", R"({"sub":"u","aud":"d","exp":1,"role":"owner"})",
                          R"({"sub":"u","aud":"d","exp":1,"account":7})", R"({"sub":"u\u0000v","aud":"d","exp":1})"}) {
    EXPECT_FALSE(parse_token_claims(bad)) << bad;
  }
}

TEST(Token, HoldsItsTimeAndAudience) {
  const token_policy policy{"db", "issuer", 300, 1000};
  const auto claims = [](std::int64_t expires, std::optional<std::int64_t> issued = std::nullopt) {
    token_claims c;
    c.audience = {"other", "db"};
    c.issuer = "issuer";
    c.expires = expires;
    c.issued_at = issued;
    return c;
  };
  EXPECT_FALSE(token_problem(claims(1200, 1000), policy));
  EXPECT_FALSE(token_problem(claims(1200), policy));
  EXPECT_TRUE(token_problem(claims(1000), policy)) << "expired at this second";
  EXPECT_TRUE(token_problem(claims(1301, 1000), policy)) << "lives too long";
  EXPECT_TRUE(token_problem(claims(1331, 1031), policy)) << "issued in the future";
  EXPECT_TRUE(token_problem(claims(99999, 99800), policy)) << "issued far in the future";
  auto early = claims(1200);
  early.not_before = 1031;
  EXPECT_TRUE(token_problem(early, policy));
  auto foreign = claims(1200);
  foreign.audience = {"other"};
  EXPECT_TRUE(token_problem(foreign, policy));
  auto issuer = claims(1200);
  issuer.issuer.reset();
  EXPECT_TRUE(token_problem(issuer, policy));
}

TEST(Identity, ComesBackAsItWent) {
  identity who;
  who.tenant = "7:3:x";
  who.user = "ann\n:5";
  who.role = role::external_client;
  who.expires = timestamp{-5};
  who.granted = {"", "11", std::string(255, 'z')};
  EXPECT_EQ(decode_identity(encode(who)), who);
  const auto text = encode(who);
  for (std::size_t size = 0; size + 1 < text.size(); size++) EXPECT_NE(decode_identity(text.substr(0, size)), who);
  for (const char *bad : {"", "x", "1:t", "1:t1:71:u4:king0:0:", "1:-1:71:u0:0:0:", "1:t1:71:u0:0:0:", "99999999999999999999:a", "5:t"})
    EXPECT_FALSE(decode_identity(bad)) << bad;

  std::vector<char> block(context_record::size(who));
  context_record::build(block.data(), who);
  const auto *record = reinterpret_cast<const context_record *>(block.data());
  EXPECT_EQ(record->tenant(), "7:3:x");
  EXPECT_EQ(record->user(), "ann\n:5");
  EXPECT_TRUE(record->confined());
  EXPECT_TRUE(record->granted("11") && record->granted("") && record->granted(std::string(255, 'z')));
  EXPECT_FALSE(record->granted("1") || record->granted("111"));
}

TEST(Identity, KeysHaveOneSpelling) {
  EXPECT_TRUE(parse_bigint("-9223372036854775808"));
  for (const char *bad : {"", "01", "+1", "-0", " 1", "1 ", "9223372036854775808", "1e3"}) EXPECT_FALSE(parse_bigint(bad)) << bad;
  EXPECT_TRUE(parse_canonical_uuid("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"));
  for (const char *bad : {"", "017F22E2-79B0-7CC3-98C4-DC0C0C07398F", "017f22e279b07cc398c4dc0c0c07398f", "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
                          "{17f22e2-79b0-7cc3-98c4-dc0c0c07398f}"})
    EXPECT_FALSE(parse_canonical_uuid(bad)) << bad;
}

}  // namespace
}  // namespace primecloud
