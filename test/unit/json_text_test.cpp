#include "core/json/writer.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace primecloud {
namespace {

std::string camel(std::string_view name) {
  std::string out(name.size(), '\0');
  out.resize(camel_case(name, out.data()));
  return out;
}
std::string quoted(std::string_view text) {
  std::string out;
  write_json_string(text, [&](std::string_view piece) { out += piece; });
  return out;
}

TEST(CamelCase, Table) {
  const std::pair<const char *, const char *> cases[] = {{"id", "id"},
                                                         {"account_id", "accountId"},
                                                         {"price_per_gb", "pricePerGb"},
                                                         {"line_1", "line1"},
                                                         {"a__b", "aB"},
                                                         {"_private", "_private"},
                                                         {"__x_y", "__xY"},
                                                         {"trailing_", "trailing"},
                                                         {"alreadyCamel", "alreadyCamel"},
                                                         {"", ""},
                                                         {"_", "_"},
                                                         {"endereço_físico", "endereçoFísico"}};
  for (const auto &[name, expected] : cases) EXPECT_EQ(camel(name), expected) << name;
}

TEST(JsonString, EscapesWhatItMust) {
  EXPECT_EQ(quoted("plain"), "\"plain\"");
  EXPECT_EQ(quoted(""), "\"\"");
  EXPECT_EQ(quoted("a\"b\\c\n\t\b\f\r"), R"("a\"b\\c\n\t\b\f\r")");
  EXPECT_EQ(quoted(std::string_view("\x01\x1f", 2)), R"("\u0001\u001f")");
  EXPECT_EQ(quoted("ação \x7f"), "\"ação \x7f\"");
}

TEST(JsonWriter, PutsCommasBetween) {
  const auto written = [](std::string_view comma, std::string_view colon) {
    std::string out;
    json_writer json([&out](std::string_view piece) { out += piece; }, comma, colon);
    json.open('{');
    json.text("name", "a\"b");
    json.text("none", std::nullopt);
    json.number("least", std::numeric_limits<std::int64_t>::min());
    json.name("list");
    json.open('[');
    for (const bool each : {true, false}) {
      json.next();
      json.open('{');
      json.truth("is", each);
      json.close('}');
    }
    json.close(']');
    json.name("empty");
    json.open('{');
    json.close('}');
    json.close('}');
    return out;
  };
  EXPECT_EQ(written(",", ":"),
            R"({"name":"a\"b","none":null,"least":-9223372036854775808,"list":[{"is":true},{"is":false}],"empty":{}})");
  EXPECT_EQ(
      written(", ", ": "),
      R"({"name": "a\"b", "none": null, "least": -9223372036854775808, "list": [{"is": true}, {"is": false}], "empty": {}})");
}

TEST(JsonNumber, FollowsTheGrammar) {
  for (const char *number : {"0", "-0", "10", "1.5", "1e9", "1E-9", "-12.5e+3"})
    EXPECT_TRUE(is_json_number(number)) << number;
  for (const char *other : {"", "-", "01", "1.", ".5", "1e", "1e+", "NaN", "Infinity", "-Infinity", "1 ", "0x1", "+1"})
    EXPECT_FALSE(is_json_number(other)) << other;
}

}  // namespace
}  // namespace primecloud
