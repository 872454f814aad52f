#include "core/types/names.hpp"

#include <gtest/gtest.h>

#include <string>

namespace primecloud {
namespace {
TEST(DnsHostname, TakesLowerCaseNamesOfTwoLabels) {
  for (const char *name : {"example.com", "a.b", "xn--bcher-kva.example", "3com.com", "a-b.c-d.e", "1.2.3.4a"}) {
    EXPECT_FALSE(dns_hostname_problem(name)) << name;
  }
  const std::string label(63, 'a');
  EXPECT_FALSE(dns_hostname_problem(label + "." + label + "." + label + "." + std::string(61, 'a')));
}

TEST(DnsHostname, RefusesTheRest) {
  const std::string label(63, 'a');
  for (const std::string &name :
       {std::string(), std::string("localhost"), std::string("Example.com"), std::string("example.com."),
        std::string(".com"), std::string("a..b"), std::string("-a.com"), std::string("a-.com"), std::string("10.0.0.1"),
        std::string("a.123"), std::string("a_b.com"), std::string("a b.com"), std::string("a.com\n"),
        std::string("b\xc3\xbc"
                    "cher.de"),
        label + "a.com", label + "." + label + "." + label + "." + std::string(62, 'a')}) {
    EXPECT_TRUE(dns_hostname_problem(name)) << name;
  }
}

TEST(AccessKeyId, FollowsMinio) {
  for (const char *id : {"abc", "AKIAIOSFODNN7EXAMPLE", "a/b+c"}) EXPECT_FALSE(access_key_id_problem(id)) << id;
  for (const char *id : {"", "ab", "a=b", "a,b", "a b", "abc\n", "ab\xc3\xa9"})
    EXPECT_TRUE(access_key_id_problem(id)) << id;
  EXPECT_FALSE(access_key_id_problem(std::string(128, 'a')));
  EXPECT_TRUE(access_key_id_problem(std::string(129, 'a')));
}

TEST(HexColor, IsHashAndSixLowerCaseDigits) {
  EXPECT_FALSE(hex_color_problem("#1a73e8"));
  for (const char *color : {"", "1a73e8", "#1A73E8", "#fff", "#1a73e8f", "#1a73eg", "#1a73e\n"}) {
    EXPECT_TRUE(hex_color_problem(color)) << color;
  }
}
}  // namespace
}  // namespace primecloud
