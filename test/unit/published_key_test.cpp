#include "core/tenant/published_key.hpp"

#include <gtest/gtest.h>
#include <sodium.h>

#include <optional>
#include <string>
#include <vector>

#include "core/base64url.hpp"

namespace {
using namespace primecloud;

bool published(const char *key) {
  const auto octets = base64url_decode(key);
  return is_published_key({reinterpret_cast<const std::uint8_t *>(octets->data()), octets->size()});
}

TEST(PublishedKey, KnowsThoseOfTestVectors) {
  EXPECT_TRUE(published("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"));
  EXPECT_TRUE(published("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"));
  EXPECT_TRUE(published("hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg"));
}

TEST(PublishedKey, KnowsWhatServesInTheirPlace) {
  EXPECT_TRUE(published("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUZo"));     // the negative of the point
  EXPECT_TRUE(published("hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYgAAA"));  // HMAC's own zeros, written out
  EXPECT_TRUE(published("JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs"));
}

TEST(PublishedKey, KnowsNoOther) {
  EXPECT_FALSE(published("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURs"));  // a bit further
  EXPECT_FALSE(published("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUQ"));   // a byte shorter
  EXPECT_FALSE(published(""));
  std::vector<std::uint8_t> counted(64);
  for (std::size_t i = 0; i < counted.size(); i++) counted[i] = static_cast<std::uint8_t>(i * 37);
  EXPECT_FALSE(is_published_key(counted));
  EXPECT_FALSE(is_published_key(std::vector<std::uint8_t>(257)));  // longer than any
}

using octets = std::vector<std::uint8_t>;

octets raw(std::string_view text) { return {text.begin(), text.end()}; }

std::string in_base64(const octets &key, int variant) {
  std::string text(sodium_base64_encoded_len(key.size(), variant), 0);
  sodium_bin2base64(text.data(), text.size(), key.data(), key.size(), variant);
  return text.c_str();
}

std::optional<octets> from_base64(std::string_view text, int variant) {
  octets key(text.size());
  std::size_t size = 0;
  if (sodium_base642bin(key.data(), key.size(), text.data(), text.size(), nullptr, &size, nullptr, variant) != 0)
    return {};
  key.resize(size);
  return key;
}

std::string in_hex(const octets &key) {
  std::string text(2 * key.size() + 1, 0);
  sodium_bin2hex(text.data(), text.size(), key.data(), key.size());
  return text.c_str();
}

constexpr int variants[] = {sodium_base64_VARIANT_ORIGINAL, sodium_base64_VARIANT_ORIGINAL_NO_PADDING,
                            sodium_base64_VARIANT_URLSAFE, sodium_base64_VARIANT_URLSAFE_NO_PADDING};

// As bytes, written as base64 and hexadecimal, and read as what is written so.
void refused_in_each_form(std::string_view secret) {
  EXPECT_TRUE(is_published_key(raw(secret))) << secret;
  for (const int variant : variants) {
    const std::string written = in_base64(raw(secret), variant);
    EXPECT_TRUE(is_published_key(raw(written))) << written;
    const auto read = from_base64(secret, variant);
    if (read && read->size() >= 32) EXPECT_TRUE(is_published_key(*read)) << secret;
  }
  if (secret.size() <= 128) EXPECT_TRUE(is_published_key(raw(in_hex(raw(secret))))) << secret;
}

class Published : public testing::TestWithParam<const char *> {};
TEST_P(Published, IsRefusedInEachForm) { refused_in_each_form(GetParam()); }
INSTANTIATE_TEST_SUITE_P(
    PublishedKeys, Published,
    testing::Values(
        "a-string-secret-at-least-256-bits-long", "a-valid-string-secret-that-is-at-least-384-bits-long",
        "a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",
        "your-super-secret-jwt-token-with-at-least-32-characters-long",
        "UpNVntn3cDxHJpq99YMc1T1AQgQpc8kfYTuRgBiYa15BLrx8etQoXz3gZv1/u2oq",
        "super-secret-jwt-token-with-at-least-32-characters-long", "reallyreallyreallyreallyverysafe",
        "REALLYREALLYREALLYREALLYVERYSAFE", "3EK6FD+o0+c7tzBNVfjpMkNDi2yARAAKzQlk8O2IKoxQu4nF7EdAh8s3TwpHwrdWT6R",
        "3bd561c37d214b4496d09049fadc542c", "JWTSecretMustBeAtLeast32CharactersLong!",
        "0f987876650b4a085e64594fae9219e7781b17506bec02489ad061fba8cb22db",
        "5152fa850c02dc222631cca898ed1485821a70912a6e3649c49076912daa3b62182ba013315915d64f40cddfbb8b58eb5bd11ba2253"
        "36a6af45bbae07ca873f3",
        "255d861b-5ea1-5996-9aa3-922530ec40b1", "6116487b-cda1-52c2-b5b5-c8022c45e263",
        "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
        "cc7e0d44fd473002f1c42167459001140ec6389b7353f8088f4d9a95f2f596f2", "CHANGE_ME_TO_A_COMPLEX_RANDOM_SECRET",
        "404E635266556A586E3272357538782F413F4428472B4B6250645367566B5970",
        "THIS IS USED TO SIGN AND VERIFY JWT TOKENS, REPLACE IT WITH YOUR OWN SECRET, IT CAN BE ANY STRING",
        "pqrstuvwxyz{|}~\x7f\x80\x81\x82\x83\x84\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8d\x8e\x8f"));

TEST(PublishedKey, KnowsHexadecimalThatIsRead) {
  for (const std::string_view text : {"404E635266556A586E3272357538782F413F4428472B4B6250645367566B5970",
                                      "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
                                      "cc7e0d44fd473002f1c42167459001140ec6389b7353f8088f4d9a95f2f596f2"}) {
    octets key(32);
    ASSERT_EQ(0, sodium_hex2bin(key.data(), key.size(), text.data(), text.size(), nullptr, nullptr, nullptr));
    EXPECT_TRUE(is_published_key(key)) << text;
  }
  EXPECT_TRUE(published("Hrnbu7wEfAP9cGBOAHHwmH4Wsot1ciXBHwBBXQ4gsaI"));
}

TEST(PublishedKey, KnowsWhatHmacMakesOfALongOne) {
  const std::string_view text = "a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long";
  octets hashed(crypto_hash_sha256_BYTES);
  crypto_hash_sha256(hashed.data(), reinterpret_cast<const std::uint8_t *>(text.data()), text.size());
  EXPECT_TRUE(is_published_key(hashed));
}

TEST(PublishedKey, KnowsPatterns) {
  for (const std::string_view text : {"secretsecretsecretsecretsecretsecret", "changemechangemechangemechangeme",
                                      "password1password1password1password1", "0123456789abcdef0123456789abcdef",
                                      "00000000000000000000000000000000", "keyboard catkeyboard catkeyboard cat"}) {
    refused_in_each_form(text);
  }
  EXPECT_TRUE(is_published_key(octets(32)));
  EXPECT_TRUE(is_published_key(octets(256, 0x5a)));
  octets few(64);
  for (std::size_t i = 0; i < few.size(); i++) few[i] = static_cast<std::uint8_t>(i * i % 5);
  EXPECT_TRUE(is_published_key(few));
}
}  // namespace
