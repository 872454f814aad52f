#include "core/secret/endpoint.hpp"

#include <gtest/gtest.h>

#include <string>

namespace primecloud {
namespace {

// The host that is signed, or what is wrong.
std::string read(std::string_view text) {
  endpoint out{};
  const char *problem = read_endpoint(text, out);
  return problem != nullptr ? std::string("! ") + problem : std::string(out.scheme) + std::string(out.host());
}

TEST(Endpoint, IsSignedAsClientsSendIt) {
  EXPECT_EQ(read("https://s3.example.com"), "https://s3.example.com");
  EXPECT_EQ(read("HTTPS://S3.Example.COM/"), "https://s3.example.com");
  EXPECT_EQ(read("http://minio_1:9000"), "http://minio_1:9000");
  EXPECT_EQ(read("https://s3.example.com:443"), "https://s3.example.com");
  EXPECT_EQ(read("https://s3.example.com:00443"), "https://s3.example.com");
  EXPECT_EQ(read("https://s3.example.com:"), "https://s3.example.com");
  EXPECT_EQ(read("http://s3.example.com:443"), "http://s3.example.com:443");
  EXPECT_EQ(read("http://s3.example.com:080"), "http://s3.example.com");
  EXPECT_EQ(read("http://s3.example.com:09000"), "http://s3.example.com:9000");
  EXPECT_EQ(read("http://192.0.2.1:9000"), "http://192.0.2.1:9000");
  EXPECT_EQ(read("http://[2001:DB8::1]:9000"), "http://[2001:db8::1]:9000");
  EXPECT_EQ(read("https://[::1]:443"), "https://[::1]");
  EXPECT_EQ(read("https://3com"), "https://3com");
}

TEST(Endpoint, IsRefusedWhereParsersWouldReadAnother) {
  for (const char *text : {"",
                           "s3.example.com",
                           "ftp://h",
                           "https://",
                           "https:///",
                           "https://:443",
                           "https://h/b",
                           "https://h?x",
                           "https://u@h",
                           "https://h\nX: 1",
                           "https://h%41",
                           "https://caf\xc3\xa9.example",
                           "https://h.",
                           "https://a..b",
                           "https://.a",
                           "https://h:x",
                           "https://h:-1",
                           "https://h:+1",
                           "https://h:65536",
                           "https://h:1:2",
                           "https://127.1",
                           "https://2130706433",
                           "https://0x7f.0.0.1",
                           "https://127.0.0.01",
                           "https://1.2.3.256",
                           "https://h.0x",
                           "https://[0:0:0:0:0:0:0:1]",
                           "https://[::ffff:192.0.2.1]",
                           "https://[::1",
                           "https://::1",
                           "https://[::1]x",
                           "https://a]"}) {
    EXPECT_EQ(read(text).substr(0, 1), "!") << text;
  }
  EXPECT_EQ(read("https://" + std::string(253, 'a') + ":65535").size(), 8 + 253 + 6);
  EXPECT_EQ(read("https://" + std::string(254, 'a')).substr(0, 1), "!");
}

TEST(Endpoint, APathHasNoPartsThatAreResolved) {
  for (const char *path : {"/", "/b", "/b/k", "//b", "/b//k", "/b/...", "/b/.k", "/b/k..", "/b/ ", "/b/"})
    EXPECT_EQ(path_problem(path), nullptr) << path;
  for (const char *path : {"", "b", "/.", "/..", "/b/.", "/b/../k", "/b/./k", "/b//../k", "/b/k/.."})
    EXPECT_NE(path_problem(path), nullptr) << path;
}

}  // namespace
}  // namespace primecloud
