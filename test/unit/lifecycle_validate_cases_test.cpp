// What MinIO accepts and refuses, and in which words: 250 documents, valid and not.
#include <gtest/gtest.h>

#include "core/lifecycle/grammar.hpp"
#include "core/lifecycle/validate.hpp"
#include "core/lifecycle/write.hpp"
#include "lifecycle_cases.hpp"

namespace primecloud::lifecycle {
namespace {

// What MinIO says of a document: nothing if it takes it.
std::string words_of_minio(const std::string &document, bool object_lock, std::string *canonical) {
  try {
    const auto c = understand(document);
    for (const auto &p : dialect_problems(c, dialect::minio, object_lock)) {
      if (!p.as.text.empty()) return std::string(p.as.text);
    }
    if (canonical) *canonical = write_xml(c, dialect::minio);
    return "";
  } catch (const refused &r) {
    return std::string(r.why.as.text);
  }
}

std::string without_made_up_ids(std::string xml) {
  for (std::size_t at; (at = xml.find("<ID>rule-")) != xml.npos;) xml.erase(at, xml.find("</ID>", at) + 5 - at);
  return xml;
}

TEST(LifecycleCases, Validation) {
  int valid = 0, in_other_words = 0;
  for (const auto &one : cases_of("lifecycle_validate.jsonl")) {
    const std::string document = one.at("config_xml");
    std::string canonical;
    const auto said = words_of_minio(document, one.at("lock_enabled"), &canonical);
    if (one.at("expected_valid")) {
      EXPECT_EQ(said, "") << document;
      EXPECT_EQ(without_made_up_ids(canonical), one.at("canonical_xml").get<std::string>()) << document;
      valid++;
      continue;
    }
    EXPECT_NE(said, "") << document;
    // Several things are wrong with most of these, and two are found in another order
    // here: AWS takes an ID of 255 characters whatever their bytes, so bytes are
    // counted last, and what MinIO skips unread, AbortIncompleteMultipartUpload, is read.
    const bool other_order =
        one.at("validation_error") == refusals::long_id.text || document.find("<AbortIncomplete") != document.npos;
    const std::string expected = one.at("parse_error").is_null() ? one.at("validation_error") : one.at("parse_error");
    const bool same = expected.starts_with("strconv") ? expected.ends_with(said) : expected.starts_with(said);
    in_other_words += other_order && !same;
    EXPECT_TRUE(same || other_order) << document << "\nMinIO: " << expected << "\nhere: " << said;
  }
  EXPECT_EQ(valid, 25);
  EXPECT_EQ(in_other_words, 10);
}

}  // namespace
}  // namespace primecloud::lifecycle
