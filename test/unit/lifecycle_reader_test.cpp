// The shapes a configuration is written in, and hostile documents.
#include <gtest/gtest.h>

#include "core/lifecycle/validate.hpp"
#include "core/lifecycle/write.hpp"
#include "lifecycle_cases.hpp"

namespace primecloud::lifecycle {
namespace {

std::string canonical(const std::string &document) {
  const auto parsed = parse(document);
  return parsed ? write_json(decode_trusted(*parsed)) : parsed.reason().message;
}

TEST(LifecycleReader, AwsJson) {
  const std::string all =
      R"({"Rules": [{"ID": "a", "Status": "Enabled", "Filter": {"And": {"Prefix": "p/", "ObjectSizeGreaterThan": 1, "ObjectSizeLessThan": 9, "Tags": [{"Key": "k", "Value": "v"}, {"Key": "l", "Value": ""}]}}, )"
      R"("Expiration": {"Days": 90}, "Transitions": [{"Days": 0, "StorageClass": "STANDARD_IA"}, {"Date": "2030-01-01T00:00:00Z", "StorageClass": "GLACIER"}], )"
      R"("NoncurrentVersionExpiration": {"NoncurrentDays": 7, "NewerNoncurrentVersions": 3}, "NoncurrentVersionTransitions": [{"NoncurrentDays": 1, "NewerNoncurrentVersions": 1, "StorageClass": "GLACIER"}], )"
      R"("AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 2}}, )"
      R"({"ID": "b", "Status": "Disabled", "Filter": {"Tag": {"Key": "k", "Value": "v"}}, "Expiration": {"Days": 1, "ExpiredObjectAllVersions": true}}, )"
      R"({"ID": "c", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"ExpiredObjectDeleteMarker": true}, "DelMarkerExpiration": {"Days": 3}}]})";
  EXPECT_EQ(canonical(all), all);
  EXPECT_EQ(canonical(write_xml(understand(all), dialect::aws)), all);
  EXPECT_EQ(canonical(write_xml(understand(all), dialect::minio)), all);
}

TEST(LifecycleReader, CommandLineOutputOfAws) {
  EXPECT_EQ(
      canonical(
          R"({"TransitionDefaultMinimumObjectSize":"all_storage_classes_128K","Rules":[{"ID":"a","Filter":{"Prefix":""},"Status":"Enabled","Expiration":{"Date":"2030-01-01T00:00:00+00:00"}}]})"),
      R"({"Rules": [{"ID": "a", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Date": "2030-01-01T00:00:00Z"}}], "TransitionDefaultMinimumObjectSize": "all_storage_classes_128K"})");
}

TEST(LifecycleReader, JsonOfMinIO) {
  EXPECT_EQ(
      canonical(
          R"({"Rules":[{"ID":"a","Status":"Enabled","Filter":{"Prefix":"x"},"Transition":{"Days":5,"StorageClass":"COLD"},"NoncurrentVersionTransition":{"NoncurrentDays":1,"StorageClass":"COLD"},"AllVersionsExpiration":{"Days":9,"DeleteMarker":true}}]})"),
      R"({"Rules": [{"ID": "a", "Status": "Enabled", "Filter": {"Prefix": "x"}, "Expiration": {"Days": 9, "ExpiredObjectAllVersions": true}, "Transitions": [{"Days": 5, "StorageClass": "COLD"}], )"
      R"("NoncurrentVersionTransitions": [{"NoncurrentDays": 1, "StorageClass": "COLD"}], "DelMarkerExpiration": {"Days": 9}}]})");
  // Zeros that stand for nothing must not become a rule that deletes.
  EXPECT_EQ(
      canonical(
          R"({"Rules":[{"ID":"a","Status":"Enabled","Expiration":{"Date":"0001-01-01T00:00:00Z","Days":0,"DeleteMarker":false},"Filter":{"And":{},"Prefix":"x","Tag":{}},"Transition":{"Date":"0001-01-01T00:00:00Z","Days":3,"StorageClass":"COLD"},"NoncurrentVersionTransition":{"NoncurrentDays":0,"StorageClass":""}}]})"),
      R"({"Rules": [{"ID": "a", "Status": "Enabled", "Filter": {"Prefix": "x"}, "Transitions": [{"Days": 3, "StorageClass": "COLD"}]}]})");
}

TEST(LifecycleReader, ApplicationRules) {
  EXPECT_EQ(
      canonical(
          R"([{"id":"1","name":"n","type":"expiration","days":30,"enabled":true},{"id":2,"prefix":"p/","status":"disabled","expiration":{"days":3},"transition":{"days":1,"storageClass":"COLD"}}])"),
      R"({"Rules": [{"ID": "1", "Status": "Enabled", "Filter": {}, "Expiration": {"Days": 30}}, {"ID": "2", "Status": "Disabled", "Filter": {"Prefix": "p/"}, "Expiration": {"Days": 3}, "Transitions": [{"Days": 1, "StorageClass": "COLD"}]}]})");
  for (const auto *bad :
       {R"([{"id":"1","type":"expiration","enabled":true}])",
        R"([{"id":"1","type":"transition","days":3,"enabled":true}])", R"([{"id":"1","type":"delete","days":3}])",
        R"([{"id":"1","status":"on","expiration":{"days":3}}])", R"([{"id":"1","status":"Enabled"}])",
        R"([{"id":"1","status":"Enabled","expiration":{"days":0}}])"}) {
    EXPECT_FALSE(parse(bad)) << bad;
  }
}

TEST(LifecycleReader, DeepAndHostileDocuments) {
  EXPECT_NE(canonical(std::string(100'000, '[')).find("nests more than"), std::string::npos);
  std::string deep;
  for (int i = 0; i < 200'000; i++) deep += "<a>";
  EXPECT_NE(canonical(deep).find("nests more than"), std::string::npos);
  EXPECT_NE(canonical("<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY a \"aaaa\"><!ENTITY b "
                      "\"&a;&a;\">]><LifecycleConfiguration>&b;</LifecycleConfiguration>")
                .find("DOCTYPE"),
            std::string::npos);
  EXPECT_NE(canonical("<!DOCTYPE l SYSTEM \"file:///etc/passwd\"><LifecycleConfiguration/>").find("DOCTYPE"),
            std::string::npos);
  EXPECT_NE(canonical("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><LifecycleConfiguration/>").find("encoding"),
            std::string::npos);
  EXPECT_NE(canonical("<LifecycleConfiguration>&unknown;</LifecycleConfiguration>").find("XML error"),
            std::string::npos);
  EXPECT_NE(canonical("<LifecycleConfiguration/><x/>").find("XML error"), std::string::npos);
  EXPECT_NE(canonical("<LifecycleConfiguration><Rule><ID>\xFF</ID></Rule></LifecycleConfiguration>").find("XML error"),
            std::string::npos);
  EXPECT_NE(canonical("{\"Rules\":[{\"ID\":\"\\u0000\"}]}").find("cannot hold"), std::string::npos);
  EXPECT_NE(canonical("{\"Rules\":[{\"ID\":\"\xC3\"}]}").find("JSON syntax error"), std::string::npos);
  std::string elements = "<LifecycleConfiguration>";
  for (int i = 0; i < 250'000; i++) elements += "<Rule/>";
  EXPECT_NE(canonical(elements).find("more than 200000 elements"), std::string::npos);
  EXPECT_EQ(canonical("<LifecycleConfiguration>" + std::string(1'000'000, '\n') +
                      "<Rule><ID>a</ID><Status>Enabled</Status><Expiration><Days> +7 "
                      "</Days></Expiration></Rule></LifecycleConfiguration>"),
            R"({"Rules": [{"ID": "a", "Status": "Enabled", "Expiration": {"Days": 7}}]})");
}

TEST(LifecycleReader, ScalarsWithChildrenAreRefused) {
  EXPECT_FALSE(
      parse("<LifecycleConfiguration><Rule><Status>Enabled</Status><Expiration><Days>5<x/>0</Days></"
            "Expiration></Rule></LifecycleConfiguration>"));
}

TEST(LifecycleReader, WhatOneServiceAloneWouldDo) {
  const auto problems = [](const std::string &rule, dialect d, bool lock = false) {
    std::string all;
    for (const auto &p :
         dialect_problems(understand(R"({"Rules":[{"ID":"r","Status":"Enabled",)" + rule + "}]}"), d, lock))
      all += p.what + "\n";
    return all;
  };
  const auto minio = dialect::minio, aws = dialect::aws;
  EXPECT_EQ(problems(R"("Filter":{},"Expiration":{"Days":1})", minio) +
                problems(R"("Filter":{},"Expiration":{"Days":1})", aws),
            "");
  for (
      const auto &[rule, word] : std::initializer_list<std::pair<const char *, const char *>>{
          {R"("Filter":{},"AbortIncompleteMultipartUpload":{"DaysAfterInitiation":1})", "refuses a rule with Abort"},
          {R"("Filter":{},"Expiration":{"Days":106751})", "acts at once"},
          {R"("Filter":{},"Transitions":[{"Days":1,"StorageClass":"A"},{"Days":2,"StorageClass":"B"}])",
           "the last Transition alone"},
          {R"("Filter":{},"NoncurrentVersionTransitions":[{"NoncurrentDays":1,"NewerNoncurrentVersions":2,"StorageClass":"A"}])",
           "ignores NewerNoncurrentVersions"}}) {
    EXPECT_NE(problems(rule, minio).find(word), std::string::npos) << rule;
  }
  EXPECT_NE(problems(R"("Filter":{},"DelMarkerExpiration":{"Days":1})", minio, true), "");
  for (const auto &[rule, word] : std::initializer_list<std::pair<const char *, const char *>>{
           {R"("Expiration":{"Days":1})", "wants a Filter"},
           {R"("Prefix":"","Filter":{},"Expiration":{"Days":1})", "Prefix and Filter"},
           {R"("Filter":{},"Transitions":[{"Days":1,"StorageClass":"COLD"}])", "knows no StorageClass"},
           {R"("Filter":{},"Transitions":[{"Days":1,"StorageClass":"GLACIER"},{"Days":2,"StorageClass":"GLACIER"}])",
            "given twice"},
           {R"("Filter":{},"Transitions":[{"Days":1,"StorageClass":"STANDARD_IA"}])", "30 days"},
           {R"("Filter":{},"Expiration":{"Days":5},"Transitions":[{"Days":5,"StorageClass":"GLACIER"}])",
            "greater than Days of Transition"},
           {R"("Filter":{},"Expiration":{"Days":5},"Transitions":[{"Date":"2030-01-01","StorageClass":"GLACIER"}])",
            "mixed"},
           {R"("Filter":{},"Expiration":{"Days":2147483648})", "2147483647"},
           {R"("Filter":{},"NoncurrentVersionExpiration":{"NewerNoncurrentVersions":101})", "wants NoncurrentDays"},
           {R"("Filter":{"And":{"ObjectSizeGreaterThan":9,"ObjectSizeLessThan":9}},"Expiration":{"Days":1})",
            "below ObjectSizeLessThan"},
           {R"("Filter":{"Tag":{"Key":"k","Value":"v"}},"Expiration":{"ExpiredObjectDeleteMarker":true})",
            "tag filter"},
           {R"("Filter":{"ObjectSizeGreaterThan":9},"AbortIncompleteMultipartUpload":{"DaysAfterInitiation":1})",
            "tags or sizes"},
           {R"("Filter":{},"Expiration":{"Days":1,"ExpiredObjectAllVersions":true})", "no ExpiredObjectAllVersions"},
           {R"("Filter":{},"DelMarkerExpiration":{"Days":1})", "no DelMarkerExpiration"}}) {
    EXPECT_NE(problems(rule, aws).find(word), std::string::npos) << rule << problems(rule, aws);
  }
}

}  // namespace
}  // namespace primecloud::lifecycle
