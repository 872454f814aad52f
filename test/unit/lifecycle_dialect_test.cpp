// MinIO and AWS decide differently: what each does, why, and which of the two a
// configuration was written for.
#include <gtest/gtest.h>

#include "core/lifecycle/explain.hpp"
#include "core/lifecycle/survey.hpp"
#include "core/lifecycle/validate.hpp"
#include "core/lifecycle/write.hpp"
#include "lifecycle_cases.hpp"

namespace primecloud::lifecycle {
namespace {

const std::string ladder =
    R"({"Rules":[{"ID":"ladder","Status":"Enabled","Filter":{"Prefix":"logs/"},"Transitions":[)"
    R"({"Days":30,"StorageClass":"STANDARD_IA"},{"Days":90,"StorageClass":"GLACIER"}],"Expiration":{"Days":365}}])";

object logs(std::string_view in_class = "", std::string_view version_id = "") {
  object o;
  o.key = "logs/a";
  o.version_id = version_id;
  o.mod_time = read_time("2025-01-01T10:30:00Z");
  o.size = 1 << 20;
  o.transition_status = in_class;
  return o;
}

timestamp after(std::int64_t days) { return timestamp{logs().mod_time->microseconds + days * microseconds_per_day}; }

std::string answer(const event &e) {
  return std::string(action_name(e.action)) + (e.storage_class.empty() ? "" : " " + std::string(e.storage_class));
}

// Every line of an explanation, "*" before the one that is chosen.
std::string why(const std::string &document, const object &o, std::int64_t days, dialect whose) {
  const auto record = encode(understand(document));
  std::string all;
  for (const auto &t : explain(record_view(record), o, after(days), 0, whose))
    all += (all.empty() ? "" : "; ") + std::string(t.chosen ? "*" : "") + t.reason;
  return all;
}

TEST(LifecycleDialect, TheLadderOfTheGuide) {
  const auto record = encode(understand(ladder + "}"));
  const record_view config(record);
  const struct {
    std::int64_t days;
    const char *in_class, *minio, *aws;
  } rows[] = {{20, "", "none", "none"},
              {40, "", "none", "transition STANDARD_IA"},
              {100, "", "transition GLACIER", "transition GLACIER"},
              {100, "STANDARD_IA", "transition GLACIER", "transition GLACIER"},
              {100, "complete", "none", "none"},
              {100, "GLACIER", "transition GLACIER", "none"},
              {400, "", "delete", "delete"},
              {400, "GLACIER", "delete", "delete"}};
  for (const auto &r : rows) {
    EXPECT_EQ(answer(evaluate(config, logs(r.in_class), after(r.days))), r.minio) << r.days << r.in_class;
    EXPECT_EQ(answer(evaluate(config, logs(r.in_class), after(r.days), 0, dialect::aws)), r.aws) << r.days;
  }
  EXPECT_EQ(why(ladder + "}", logs(), 100, dialect::minio),
            "not due yet; MinIO keeps the last transition of a rule alone; *due");
  EXPECT_EQ(why(ladder + "}", logs(), 100, dialect::aws),
            "not due yet; due, but to AWS GLACIER of rule \"ladder\" goes before STANDARD_IA, of what is due the "
            "cheapest; *due");
  EXPECT_EQ(why(ladder + "}", logs("GLACIER"), 100, dialect::aws),
            "not due yet; AWS moves nothing from GLACIER to STANDARD_IA; the object is in GLACIER already");
}

TEST(LifecycleDialect, ForetoldAndInTheHeader) {
  const auto record = encode(understand(ladder + "}"));
  const record_view config(record);
  EXPECT_EQ(answer(predict(config, logs(), 0, dialect::aws)), "transition STANDARD_IA");
  EXPECT_EQ(predict(config, logs("STANDARD_IA"), 0, dialect::aws).due, read_time("2025-04-02T00:00:00Z"));
  EXPECT_EQ(expiration_header(config, logs()), std::nullopt);
  EXPECT_EQ(expiration_header(config, logs(), dialect::aws),
            "expiry-date=\"Fri, 02 Jan 2026 00:00:00 GMT\", rule-id=\"ladder\"");
}

std::string two_rules(const std::string &first, const std::string &second) {
  const auto one = [](const char *id, const std::string &body) {
    return std::string(R"({"ID":")") + id + R"(","Status":"Enabled","Filter":{},)" + body + "}";
  };
  return R"({"Rules":[)" + one("a", first) + "," + one("b", second) + "]}";
}

TEST(LifecycleDialect, AwsTellsWhy) {
  const std::string moves = R"("Transitions":[{"Days":30,"StorageClass":"GLACIER"}])";
  const auto expires = [](int days) { return R"("Expiration":{"Days":)" + std::to_string(days) + "}"; };
  const auto aws = dialect::aws;
  EXPECT_EQ(why(two_rules(moves, expires(30)), logs(), 40, aws),
            "due, but to AWS permanent deletion, of rule \"b\", goes before a transition; *due");
  EXPECT_EQ(
      why(two_rules(moves, expires(30)), logs("", "v1"), 40, aws),
      "*due; due, but to AWS a transition, of rule \"a\", goes before a delete marker that is due on the same day");
  EXPECT_EQ(why(two_rules(moves, expires(35)), logs("", "v1"), 40, aws),
            "due, but rule \"b\" puts a delete marker on the object, due on another day than this; *due");
  EXPECT_EQ(why(two_rules(expires(20), expires(10)), logs(), 40, aws), "due, but rule \"b\" was due earlier; *due");
  EXPECT_EQ(why(two_rules(moves, moves), logs(), 40, aws), "*due; due, but rule \"a\" stands earlier");
  EXPECT_EQ(why(two_rules(R"("DelMarkerExpiration":{"Days":1})",
                          R"("Expiration":{"Days":1,"ExpiredObjectAllVersions":true})"),
                logs(), 40, aws),
            "AWS has no DelMarkerExpiration; AWS has no ExpiredObjectAllVersions");
  auto small = logs();
  small.size = 131'071;
  EXPECT_EQ(why(two_rules(moves, expires(300)), small, 40, aws),
            "AWS moves no object of less than 128 KB to GLACIER: TransitionDefaultMinimumObjectSize is "
            "all_storage_classes_128K, and the rule asks for no size; not due yet");
  small.size = std::nullopt;  // is not held against it
  EXPECT_EQ(why(two_rules(moves, expires(300)), small, 40, aws), "*due; not due yet");
  auto marker = logs("", "v1");
  marker.delete_marker = true;
  marker.num_versions = 1;
  const auto all = R"("Expiration":{"Days":1,"ExpiredObjectAllVersions":true})";
  EXPECT_EQ(why(two_rules(all, R"("DelMarkerExpiration":{"Days":1})"), marker, 40, aws),
            "AWS has no ExpiredObjectAllVersions; AWS has no DelMarkerExpiration");
}

TEST(LifecycleDialect, TagsOfOtherLetters) {
  const std::string document =
      R"({"Rules":[{"ID":"r","Status":"Enabled","Filter":{"Tag":{"Key":"Größe","Value":"klein"}},"Expiration":{"Days":1}}]})";
  auto o = logs();
  o.tags = "Gr%C3%B6%C3%9Fe=klein";
  EXPECT_EQ(why(document, o, 40, dialect::aws), "*due");
  EXPECT_EQ(why(document, o, 40, dialect::minio),
            "MinIO gives no object a tag with other letters than those of ASCII, and the rule asks for \"Größe\" = "
            "\"klein\"");
  o.tags = "Größe=klein";
  EXPECT_EQ(why(document, o, 40, dialect::aws), "*due");
  o.tags = "Gr%C3%B6%C3%9Fe=gross";
  EXPECT_EQ(why(document, o, 40, dialect::aws), "the object has no tag \"Größe\" = \"klein\"");
  // As many as AWS lets an object have, of the longest letters.
  std::string letters, many;
  for (int i = 0; i < 256; i++) letters += "%F0%90%8D%88";
  for (char key = 'a'; key <= 'j'; key++) many += std::string("&") + key + letters.substr(0, 127 * 12) + "=" + letters;
  EXPECT_TRUE(object_tags(many, dialect::aws).usable());
  EXPECT_FALSE(object_tags(many + "x", dialect::aws).usable());
  EXPECT_FALSE(object_tags(many + "&k=v", dialect::aws).usable());
  EXPECT_FALSE(object_tags("a=%C3%B6").usable());
}

TEST(LifecycleDialect, IsKeptWithTheConfiguration) {
  const auto plain = encode(understand(ladder + "}"));
  EXPECT_EQ(plain[5], 0);  // as it was before there was anything to keep
  EXPECT_EQ(record_view(plain).written_dialect(), std::nullopt);
  EXPECT_EQ(record_view(plain).small_objects(), minimum_size::all_storage_classes_128k);
  for (const std::string word : {"minio", "aws"}) {
    const auto c = understand(ladder + R"(,"Dialect":")" + word + "\"}");
    EXPECT_NE(write_json(c).find(R"(], "Dialect": ")" + word + "\"}"), std::string::npos);
    const auto record = encode(c);
    EXPECT_EQ(record_view(record).written_dialect(), find_dialect(word));
    EXPECT_EQ(encode(decode(record)), record);
    EXPECT_NE(record, plain);
  }
  for (const std::string word : {"all_storage_classes_128K", "varies_by_storage_class"}) {
    const auto c = understand(ladder + R"(,"Dialect":null,"TransitionDefaultMinimumObjectSize":")" + word + "\"}");
    EXPECT_NE(write_json(c).find(R"(], "TransitionDefaultMinimumObjectSize": ")" + word + "\"}"), std::string::npos);
    EXPECT_EQ(record_view(encode(c)).written_minimum_size(), find_minimum_size(word));
    const auto problems = dialect_problems(c, dialect::minio, false);
    EXPECT_NE(problems.at(0).what.find("ignores TransitionDefaultMinimumObjectSize"), std::string::npos);
    EXPECT_TRUE(dialect_problems(c, dialect::aws, false).empty());
  }
  for (const auto *wrong :
       {R"("Dialect":"ceph")", R"("Dialect":"")", R"("Dialect":1)", R"("TransitionDefaultMinimumObjectSize":"128K")",
        R"("TransitionDefaultMinimumObjectSize":0)"})
    EXPECT_FALSE(parse(ladder + "," + wrong + "}")) << wrong;
  for (int value = 0; value < 256; value++) {
    auto other = plain;
    other[5] = static_cast<std::uint8_t>(value);
    const bool good = (value & 3) != 3 && value >> 2 < 3;
    EXPECT_EQ(static_cast<bool>(receive(other)), good) << value;
  }
}

// ObjectSizeGreaterThan 0: to AWS a size that the rule asks for, to MinIO nothing.
TEST(LifecycleDialect, GreaterThanZero) {
  const auto document = [](const std::string &filter) {
    return R"({"Rules": [{"ID": "r", "Status": "Enabled", "Filter": )" + filter +
           R"(, "Transitions": [{"Days": 1, "StorageClass": "GLACIER"}]}]})";
  };
  auto o = logs();
  for (const std::string filter :
       {R"({"ObjectSizeGreaterThan": 0})", R"({"And": {"Prefix": "logs/", "ObjectSizeGreaterThan": 0}})"}) {
    EXPECT_EQ(write_json(understand(document(filter))), document(filter));
    EXPECT_EQ(write_json(understand(write_xml(understand(document(filter)), dialect::aws))), document(filter));
    EXPECT_EQ(dialect_problems(understand(document(filter)), dialect::minio, false).size(), 1U);
    o.size = 1;
    EXPECT_EQ(why(document(filter), o, 40, dialect::aws), "*due");
    o.size = 0;
    EXPECT_EQ(why(document(filter), o, 40, dialect::aws), "the size is not greater than 0 bytes");
    EXPECT_EQ(why(document(filter), o, 40, dialect::minio), "*due");
  }
  // What is sent to MinIO has no And that it would refuse.
  EXPECT_NE(write_xml(understand(document(R"({"And": {"Prefix": "a", "ObjectSizeGreaterThan": 0}})")), dialect::minio)
                .find("<Filter><Prefix>a</Prefix></Filter>"),
            std::string::npos);
  EXPECT_EQ(write_json(understand(document(R"({"Prefix": "a", "ObjectSizeGreaterThan": 0})"))),
            document(R"({"Prefix": "a"})"));
  EXPECT_EQ(write_json(understand(document(R"({"And": {"ObjectSizeGreaterThan": 0}})"))), document("{}"));
}

}  // namespace
}  // namespace primecloud::lifecycle
