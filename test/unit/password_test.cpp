#include "core/secret/password.hpp"

#include <gtest/gtest.h>
#include <sodium.h>

#include <string>

namespace primecloud {
namespace {

constexpr password_cost limit{65536, 10, 4};
// Known answers: argon2's own test suite (version 0x13, argon2id), and one of two lanes as SFTPGo makes them.
constexpr std::string_view one_lane =
    "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
constexpr std::string_view two_lanes =
    "$argon2id$v=19$m=65536,t=1,p=2$c29tZXNhbHRzb21lc2FsdA$5idQv+fSn6Ooj5woJwc6wnlVkTIUtIKtD8JB07OMktY";

password_outcome verify(std::string_view password, std::string_view text) {
  password_string stored;
  EXPECT_EQ(parse_password_string(text, limit, stored), password_fault::none);
  return verify_password(password, stored, text);
}

TEST(Password, KnownAnswers) {
  EXPECT_EQ(verify("password", one_lane), password_outcome::match);
  EXPECT_EQ(verify("Password", one_lane), password_outcome::mismatch);
  EXPECT_EQ(verify("pw", two_lanes), password_outcome::match);
  EXPECT_EQ(verify("pw ", two_lanes), password_outcome::mismatch);
}

TEST(Password, EveryByteOfTheHashCounts) {
  char text[password_text_room];
  std::size_t size = 0;
  ASSERT_EQ(hash_password("password", {8192, 1, 1}, text, size), password_outcome::match);
  password_string stored;
  ASSERT_EQ(parse_password_string({text, size}, limit, stored), password_fault::none);
  ASSERT_EQ(stored.hash_size, 32u);
  for (std::size_t i = 0; i < stored.hash_size; i++) {
    auto other = stored;
    other.hash[i] ^= 1;
    EXPECT_EQ(verify_password("password", other, {text, size}), password_outcome::mismatch) << i;
  }
}

TEST(Password, HashesAreTheirOwn) {
  char text[password_text_room], again[password_text_room];
  std::size_t size = 0, again_size = 0;
  const password_cost cost{8192, 1, 1};
  const std::string password = "ünïcode, and 64 characters or more, are as good as any other....";
  ASSERT_EQ(hash_password(password, cost, text, size), password_outcome::match);
  ASSERT_EQ(hash_password(password, cost, again, again_size), password_outcome::match);
  EXPECT_NE(std::string_view(text, size), std::string_view(again, again_size)) << "a salt each";
  password_string stored;
  ASSERT_EQ(parse_password_string({text, size}, limit, stored), password_fault::none);
  EXPECT_EQ(stored.cost, cost);
  EXPECT_EQ(verify_password(password, stored, {text, size}), password_outcome::match);
  EXPECT_EQ(verify_password(password.substr(1), stored, {text, size}), password_outcome::mismatch);
  EXPECT_EQ(crypto_pwhash_str_verify(std::string(text, size).c_str(), password.data(), password.size()), 0)
      << "libsodium reads it";
}

TEST(Password, HostileStringsAreRefused) {
  const std::string salt_and_hash = "$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
  const std::string padded = std::string(one_lane) + std::string(200, 'A');
  const std::pair<password_fault, std::string> cases[] = {
      {password_fault::over_limit, "$argon2id$v=19$m=2097152,t=3,p=1" + salt_and_hash},  // two gigabytes: half a minute
      {password_fault::over_limit, "$argon2id$v=19$m=65537,t=1,p=1" + salt_and_hash},
      {password_fault::over_limit, "$argon2id$v=19$m=4294967295,t=1,p=1" + salt_and_hash},
      {password_fault::over_limit, "$argon2id$v=19$m=65536,t=4294967295,p=1" + salt_and_hash},
      {password_fault::over_limit, "$argon2id$v=19$m=65536,t=11,p=1" + salt_and_hash},
      {password_fault::over_limit, "$argon2id$v=19$m=65536,t=1,p=5" + salt_and_hash},
      {password_fault::parameters, "$argon2id$v=19$m=4294967296,t=1,p=1" + salt_and_hash},
      {password_fault::parameters, "$argon2id$v=19$m=99999999999,t=1,p=1" + salt_and_hash},
      {password_fault::parameters, "$argon2id$v=19$m=-1,t=1,p=1" + salt_and_hash},
      {password_fault::parameters, "$argon2id$v=19$m=+8192,t=1,p=1" + salt_and_hash},
      {password_fault::parameters, "$argon2id$v=19$m=08192,t=1,p=1" + salt_and_hash},
      {password_fault::parameters, "$argon2id$v=19$m= 8192,t=1,p=1" + salt_and_hash},
      {password_fault::parameters, "$argon2id$v=19$m=8192,t=0,p=1" + salt_and_hash},
      {password_fault::parameters, "$argon2id$v=19$m=8192,t=1,p=0" + salt_and_hash},
      {password_fault::parameters, "$argon2id$v=19$m=7,t=1,p=1" + salt_and_hash},
      {password_fault::parameters, "$argon2id$v=19$m=16,t=1,p=3" + salt_and_hash},
      {password_fault::parameters, "$argon2id$v=19$m=8192,p=1,t=1" + salt_and_hash},
      {password_fault::parameters, "$argon2id$v=19$m=8192,t=1" + salt_and_hash},
      {password_fault::parameters, "$argon2id$v=19$m=8192,t=1,p=1,x=1" + salt_and_hash},
      {password_fault::parameters, "$argon2id$v=19$"},
      {password_fault::version, "$argon2id$v=16$m=8192,t=1,p=1" + salt_and_hash},
      {password_fault::version, "$argon2id$m=8192,t=1,p=1" + salt_and_hash},
      {password_fault::version, "$argon2id$"},
      {password_fault::not_argon2id, ""},
      {password_fault::not_argon2id, "$argon2i$v=19$m=8192,t=1,p=1" + salt_and_hash},
      {password_fault::not_argon2id, "$2a$10$abcdefghijklmnopqrstuv"},
      {password_fault::not_argon2id, " " + std::string(one_lane)},
      {password_fault::encoding, "$argon2id$v=19$m=8192,t=1,p=1$c29tZXNhbHQ"},
      {password_fault::encoding, "$argon2id$v=19$m=8192,t=1,p=1$c29tZXNhbHQ$"},
      {password_fault::encoding, "$argon2id$v=19$m=8192,t=1,p=1$$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"},
      {password_fault::encoding, "$argon2id$v=19$m=8192,t=1,p=1$c29t$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"},
      {password_fault::encoding, "$argon2id$v=19$m=8192,t=1,p=1$c29tZXNhbHQ$CTFh"},
      {password_fault::encoding, std::string(one_lane) + "="},
      {password_fault::encoding, std::string(one_lane) + " "},
      {password_fault::encoding, std::string(one_lane) + "$"},
      {password_fault::encoding, padded}};
  for (const auto &[fault, text] : cases) {
    password_string stored;
    EXPECT_EQ(parse_password_string(text, limit, stored), fault) << text << ": " << describe(fault);
  }
}

// What SFTPGo stores as a hash when it is set as a password (dataprovider.go, hashPwdPrefixes).
TEST(Password, APlaintextThatWouldBeTakenForAHash) {
  for (const char *text : {"$argon2id$x", "$2a$x", "$2b$x", "$2y$x", "$pbkdf2-sha1$x", "$pbkdf2-sha256$x",
                           "$pbkdf2-sha512$x", "$pbkdf2-b64salt-sha256$x", "$1$x", "$apr1$x", "$5$x", "$6$x", "$y$x",
                           "{MD5}x", "{SHA256}x", "{SHA512}x", "pc1.x"})
    EXPECT_TRUE(looks_like_a_hash(text)) << text;
  for (const char *text : {"", "$", "password", "$9$x", "a$2a$", "{}", "{other}x", "pc1"})
    EXPECT_FALSE(looks_like_a_hash(text)) << text;
}

}  // namespace
}  // namespace primecloud
