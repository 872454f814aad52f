#include "core/types/tax_id.hpp"

#include <array>

#include "core/types/digits.hpp"
#include "core/types/tax_check.hpp"

namespace primecloud {
namespace {
constexpr std::string_view cpf_mask = "000.000.000-00", cnpj_mask = "00.000.000/0000-00";
constexpr std::int64_t cpf_numbers = 1'000'000'000;

// Characters without their mask, in upper case.
struct bare {
  char characters[14] = {};
  std::size_t size;
};

// Letters folded to upper case, and 0 for what no tax number has.
constexpr auto folded = [] {
  std::array<char, 256> table{};
  for (unsigned char c = '0'; c <= '9'; c++) table[c] = static_cast<char>(c);
  for (unsigned char c = 'A'; c <= 'Z'; c++) table[c] = table[c - 'A' + 'a'] = static_cast<char>(c);
  return table;
}();
constexpr char fold(char c) noexcept { return folded[static_cast<unsigned char>(c)]; }

bool unmask(std::string_view text, std::string_view mask, bare &number) noexcept {
  number.size = 0;
  for (std::size_t i = 0; i < mask.size(); i++) {
    if (mask[i] == '0') {
      number.characters[number.size++] = fold(text[i]);
    } else if (mask[i] != text[i]) {
      return false;
    }
  }
  return true;
}

template <std::size_t size>
bool take(std::string_view text, bare &number) noexcept {
  number.size = size;
  [&]<std::size_t... i>(std::index_sequence<i...>) { ((number.characters[i] = fold(text[i])), ...); }
  (std::make_index_sequence<size>{});
  return true;
}

bool strip(std::string_view text, bare &number) noexcept {
  switch (text.size()) {
    case 11: return take<11>(text, number);
    case 14: return text[3] == '.' ? unmask(text, cpf_mask, number) : take<14>(text, number);
    case 18: return unmask(text, cnpj_mask, number);
    default: return false;
  }
}

// What stands anywhere in a number.  Gathered, not branched on: where letters stand is
// not to be foreseen.
struct contents {
  bool foreign, letters, repeated;
};
template <std::size_t... i>
contents contents_of(const char *characters, std::index_sequence<i...>) noexcept {
  return {(... | (characters[i] == 0)) != 0, (... | (characters[i] > '9')) != 0,
          (... & (characters[i] == characters[0])) != 0};
}

template <std::size_t body>
std::optional<std::string_view> problem_of(const char *characters) noexcept {
  constexpr bool cpf = body == cpf_body;
  const auto [foreign, letters, repeated] = contents_of(characters, std::make_index_sequence<body + 2>{});
  if (cpf && (foreign || letters)) return "A CPF has digits alone.";
  if (foreign) return "A CNPJ has only digits and the letters A to Z.";
  if (characters[body] > '9' || characters[body + 1] > '9') return "The check digits of a CNPJ are digits.";
  if (repeated) return "One digit repeated is no tax number.";
  if (has_right_check_digits<body>(characters)) return std::nullopt;
  return cpf ? "The check digits of the CPF are wrong." : "The check digits of the CNPJ are wrong.";
}

std::optional<std::string_view> read(std::string_view text, bare &number) noexcept {
  if (!strip(text, number))
    return "It must have 11 digits (CPF) or 14 characters (CNPJ), bare or with the official mask.";
  return number.size == cpf_body + 2 ? problem_of<cpf_body>(number.characters)
                                     : problem_of<cnpj_body>(number.characters);
}

template <std::uint64_t base, std::size_t body>
char *spell(std::uint64_t value, char *to) noexcept {
  write_digits<base, body>(value, to);
  const auto check = check_digits_of<body>(to);
  to[body] = check.first;
  to[body + 1] = check.second;
  return to + body + 2;
}

bare bare_of(tax_id id) noexcept {
  bare number;
  number.size = static_cast<std::size_t>(write_tax_id(id, number.characters) - number.characters);
  return number;
}
}  // namespace

result<tax_id> parse_tax_id(std::string_view text) {
  bare number;
  if (const auto problem = read(text, number)) {
    return error(invalid_text, "invalid input syntax for type tax_id: \"" + std::string(text) + "\"")
        .with_detail(std::string(*problem));
  }
  if (number.size == cpf_body + 2)
    return tax_id{tax_id::first_cpf + static_cast<std::int64_t>(read_digits<10, cpf_body>(number.characters))};
  return tax_id{static_cast<std::int64_t>(read_digits<36, cnpj_body>(number.characters))};
}

std::optional<std::string_view> tax_id_problem(std::string_view text) noexcept {
  bare number;
  return read(text, number);
}

// One digit repeated has right check digits in every CPF, and in no CNPJ but the zeros.
bool is_tax_id(std::int64_t value) noexcept {
  if (value <= 0 || value >= tax_id::first_cpf + cpf_numbers) return false;
  return value < tax_id::first_cpf || (value - tax_id::first_cpf) % 111'111'111 != 0;
}

char *write_tax_id(tax_id id, char *to) noexcept {
  if (id.is_cpf()) return spell<10, cpf_body>(static_cast<std::uint64_t>(id.value - tax_id::first_cpf), to);
  return spell<36, cnpj_body>(static_cast<std::uint64_t>(id.value), to);
}

tax_id_text write_tax_id(tax_id id) noexcept {
  tax_id_text text;
  text.size = static_cast<std::uint8_t>(write_tax_id(id, text.characters) - text.characters);
  return text;
}

tax_id_text write_masked_tax_id(tax_id id) noexcept {
  const bare number = bare_of(id);
  const auto mask = id.is_cpf() ? cpf_mask : cnpj_mask;
  tax_id_text text;
  int next = 0;
  for (std::size_t i = 0; i < mask.size(); i++)
    text.characters[i] = mask[i] == '0' ? number.characters[next++] : mask[i];
  text.size = static_cast<std::uint8_t>(mask.size());
  return text;
}

}  // namespace primecloud
