#include "core/types/byte_size.hpp"

#include "cases.hpp"
#include "core/types/rounding.hpp"

namespace primecloud {
namespace {
// The convention that a line names, in its own words.
size_convention convention_of(const nlohmann::json &line) {
  const auto words = line.value("convention", std::string());
  if (words.starts_with("k=1000")) return size_convention::si;
  if (words.starts_with("kB=1024") || words == "PostgreSQL") return size_convention::pg;
  if (words.starts_with("Kubernetes")) return size_convention::k8s;
  if (line.value("note", std::string()).starts_with("policy (SI)")) return size_convention::si;
  return size_convention::strict;
}

void check_parse(const nlohmann::json &line) {
  const auto text = line.at("input").get<std::string>();
  const auto size = parse_size(text, convention_of(line));
  const bool range = line.value("note", std::string()) == "> int64";
  if (!range && line.contains("bytes") && line["bytes"].is_number_integer()) {
    ASSERT_TRUE(size) << size.reason().detail;
    EXPECT_EQ((*size).bytes, line["bytes"].get<std::int64_t>());
    return;
  }
  // A fraction of a byte, told as such: "1/200".  Kubernetes rounds it up.
  if (line.contains("bytes") && line["bytes"].is_string() && convention_of(line) == size_convention::k8s) {
    long long over = 0, under = 1;
    ASSERT_EQ(std::sscanf(line["bytes"].get<std::string>().c_str(), "%lld/%lld", &over, &under), 2);
    ASSERT_TRUE(size) << size.reason().detail;
    EXPECT_EQ((*size).bytes, (over + under - 1) / under);
    return;
  }
  ASSERT_FALSE(size) << (*size).bytes;
  EXPECT_STREQ(size.reason().code.text, range ? "22003" : "22023");
}

TEST(ByteSize, AgreesWithEveryCaseUnderItsConvention) {
  for_each_case("byte_size_cases.jsonl", [](const nlohmann::json &line) {
    const auto kind = line.at("kind").get<std::string>();
    if (kind == "parse") {
      check_parse(line);
      return;
    }
    const auto convention = parse_size_convention(kind.substr(7));  // format_si, format_iec, format_pg
    ASSERT_TRUE(convention);
    EXPECT_EQ(write_pretty({line.at("input").get<std::int64_t>()}, *convention).view(),
              line.at("output").get<std::string>());
  });
}

TEST(ByteSize, LiteralsAreStrict) {
  const std::pair<const char *, std::int64_t> good[] = {{"0", 0},
                                                        {"-0", 0},
                                                        {"+5", 5},
                                                        {"007", 7},
                                                        {"1.0", 1},
                                                        {"50 GiB", 50LL << 30},
                                                        {"50GiB", 50LL << 30},
                                                        {"1.5 KiB", 1536},
                                                        {"-1 B", -1},
                                                        {"0.1 KiB", 102},
                                                        {"0.0004 KiB", 0},
                                                        {"0.00048828125 KiB", 1},
                                                        {"-0.00048828125 KiB", -1},
                                                        {"7.999999999999999999 EiB", 9223372036854775807},
                                                        {"-8 EiB", std::numeric_limits<std::int64_t>::min()}};
  for (const auto &[text, bytes] : good) {
    const auto size = parse_byte_size(text);
    ASSERT_TRUE(size) << text << ": " << size.reason().detail;
    EXPECT_EQ((*size).bytes, bytes) << text;
  }
  for (const char *text : {"",       " ",      "-",       "+",     ".",      "B",    "KiB",   " 1",   "1 ",    "1\n",
                           "1  GiB", "1\tGiB", "1 gib",   "1 Gib", "1 GB",   "1 kB", "1 K",   "1 Ki", "1.",    ".5 KiB",
                           "1e3",    "0x10",   "1,5 KiB", "--1",   "1 GiB ", "0.5",  "0.5 B", "NaN",  "1 EiBs"}) {
    const auto size = parse_byte_size(text);
    ASSERT_FALSE(size) << text;
    EXPECT_STREQ(size.reason().code.text, "22P02") << text;
    EXPECT_FALSE(size.reason().hint.empty()) << text;
  }
  for (const char *text : {"9223372036854775808", "-9223372036854775809", "8 EiB", "99999999999999999999999999999",
                           "9007199254740992 KiB"}) {
    const auto size = parse_byte_size(text);
    ASSERT_FALSE(size) << text;
    EXPECT_STREQ(size.reason().code.text, "22003") << text;
  }
  EXPECT_EQ(parse_byte_size("1 GB").reason().hint,
            "ambiguous unit \"GB\": write GiB (1024^3) or call parse_size(text, 'si')");
}

TEST(ByteSize, ConventionsDisagreeOnlyWhereTheyMust) {
  EXPECT_EQ((*parse_size("1 GB", size_convention::si)).bytes, 1000000000);
  EXPECT_EQ((*parse_size("1 GB", size_convention::pg)).bytes, 1LL << 30);
  EXPECT_FALSE(parse_size("1 GB", size_convention::iec));
  EXPECT_EQ((*parse_size(" 1 gib ", size_convention::iec)).bytes, 1LL << 30);
  EXPECT_EQ((*parse_size("1Gi", size_convention::k8s)).bytes, 1LL << 30);
  EXPECT_EQ((*parse_size("1E", size_convention::k8s)).bytes, 1000000000000000000);
  EXPECT_EQ((*parse_size("3000m", size_convention::k8s)).bytes, 3);
  // Quantity.Value() of Kubernetes: up to the next integer, away from zero.
  const std::pair<const char *, std::int64_t> rounded[] = {
      {"0.1Gi", 107374183}, {"0.5", 1},     {"1.5Ki", 1536}, {"1.0001Ki", 1025}, {"1m", 1},      {"1001m", 2},
      {"-0.1", -1},         {"-1500m", -2}, {"1e-9", 1},     {"1e-99", 1},       {"-1e-99", -1}, {"0e-99", 0}};
  for (const auto &[text, bytes] : rounded) {
    const auto size = parse_size(text, size_convention::k8s);
    ASSERT_TRUE(size) << text << ": " << size.reason().detail;
    EXPECT_EQ((*size).bytes, bytes) << text;
  }
  EXPECT_STREQ(parse_size("9223372036854775807.1", size_convention::k8s).reason().code.text, "22003");
  EXPECT_FALSE(parse_size("1 Gi", size_convention::k8s));
  EXPECT_FALSE(parse_size("1K", size_convention::k8s));
}

TEST(ByteSize, ExactUnitsReadBack) {
  for (const std::int64_t bytes :
       {0L, 1L, -1L, 1023L, 1024L, 1536L, 50L << 30, -(1L << 60), 1L << 62, (1L << 60) + 1,
        std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}) {
    for (const auto &text : {write_exact_units({bytes}), write_bytes({bytes})}) {
      ASSERT_TRUE(parse_byte_size(text.view())) << text.view();
      EXPECT_EQ((*parse_byte_size(text.view())).bytes, bytes);
    }
  }
  EXPECT_EQ(write_exact_units({50LL << 30}).view(), "50 GiB");
  EXPECT_EQ(write_pretty({-1536}, size_convention::iec).view(), "-1.5 KiB");
}

TEST(ByteSize, ArithmeticStaysInRangeAndRoundsHalvesAway) {
  constexpr byte_size most{std::numeric_limits<std::int64_t>::max()}, least{std::numeric_limits<std::int64_t>::min()};
  EXPECT_FALSE(add(most, {1}));
  EXPECT_FALSE(subtract(least, {1}));
  EXPECT_FALSE(multiply(most, 2));
  EXPECT_FALSE(divide(least, -1));
  EXPECT_EQ(divide({5}, 2)->bytes, 3);
  EXPECT_EQ(divide({-5}, 2)->bytes, -3);
  EXPECT_EQ(divide({7}, 3)->bytes, 2);
  EXPECT_EQ(divide(most, most.bytes)->bytes, 1);
  EXPECT_EQ(divide(least, 2)->bytes, least.bytes / 2);
}
}  // namespace
}  // namespace primecloud
