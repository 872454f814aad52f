#include "core/secret/sigv4.hpp"

#include <gtest/gtest.h>
#include <sodium.h>

#include "core/uri.hpp"

namespace primecloud {
namespace {

std::string hex(const signing_key &key) {
  char text[65];
  return sodium_bin2hex(text, sizeof text, key.data(), key.size());
}

// AWS General Reference, "Examples of how to derive a signing key for Signature Version 4".
TEST(SigV4, DerivesTheKeysThatAwsPublishes) {
  EXPECT_EQ(hex(derive_signing_key("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20150830", "us-east-1", "iam")),
            "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
  EXPECT_EQ(hex(derive_signing_key("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20120215", "us-east-1", "iam")),
            "f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d");
}

// S3 API Reference, "Authenticating requests: using query parameters", the example.
TEST(SigV4, PresignsTheExampleOfS3) {
  const auto key = derive_signing_key("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "20130524", "us-east-1", "s3");
  presign_request request{
      "GET", "examplebucket.s3.amazonaws.com", "/test.txt", "AKIAIOSFODNN7EXAMPLE", "us-east-1", "20130524T000000Z",
      86400};
  EXPECT_EQ(presign_query(request, key),
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_"
            "request&X-Amz-Date=20130524T000000Z"
            "&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature="
            "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
  const std::string plain = presign_query(request, key);
  request.parameters = {{"versionId", "1"}};
  EXPECT_NE(presign_query(request, key).substr(presign_query(request, key).size() - 64),
            plain.substr(plain.size() - 64))
      << "a parameter is signed";
}

// The canonical query is sorted by the encoded name, whatever the order it came in.
TEST(SigV4, SortsParametersAsTheyAreWritten) {
  const signing_key key{};
  presign_request request{"GET", "h", "/", "K", "r", "20130524T000000Z", 1};
  request.parameters = {{"versionId", "a/b=c"}, {"a b", "é"}, {"partNumber", ""}, {"X-Amz-Security-Token", "t+t"}};
  const auto query = presign_query(request, key);
  EXPECT_EQ(query.substr(0, query.find("&X-Amz-Signature")),
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=K%2F20130524%2Fr%2Fs3%2Faws4_request&X-Amz-Date="
            "20130524T000000Z&X-Amz-Expires=1"
            "&X-Amz-Security-Token=t%2Bt&X-Amz-SignedHeaders=host&a%20b=%C3%A9&partNumber=&versionId=a%2Fb%3Dc");
}

TEST(SigV4, EncodesWhatIsNotUnreserved) {
  EXPECT_EQ(uri_encode("AZaz09-_.~", false), "AZaz09-_.~");
  EXPECT_EQ(uri_encode("/a b+c%/\xc3\xa9*", true), "/a%20b%2Bc%25/%C3%A9%2A");
  EXPECT_EQ(uri_encode("/", false), "%2F");
}

}  // namespace
}  // namespace primecloud
