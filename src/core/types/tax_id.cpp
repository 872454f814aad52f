#include "core/types/tax_id.hpp"

#include <algorithm>
#include <cstring>

#include "core/types/ascii.hpp"

namespace primecloud {
namespace {
constexpr int cpf_body = 9, cnpj_body = 12;
constexpr std::string_view cpf_mask = "000.000.000-00", cnpj_mask = "00.000.000/0000-00";
constexpr std::int64_t cpf_numbers = 1'000'000'000;

// Characters without their mask, in upper case.
struct bare {
  char characters[14];
  int size;
};

// One check digit: weights rise from 2 at the right; a CNPJ's start again after 9.
char check_digit(const char *characters, int count, int greatest_weight) noexcept {
  int sum = 0, weight = 2;
  for (int i = count - 1; i >= 0; i--) {
    sum += (characters[i] - '0') * weight;
    weight = weight == greatest_weight ? 2 : weight + 1;
  }
  const int remainder = sum % 11;
  return static_cast<char>(remainder < 2 ? '0' : '0' + 11 - remainder);
}

// Writes both check digits behind the body.
void append_check_digits(char *characters, int body) noexcept {
  const int greatest_weight = body == cpf_body ? 11 : 9;
  characters[body] = check_digit(characters, body, greatest_weight);
  characters[body + 1] = check_digit(characters, body + 1, greatest_weight);
}

bool is_one_digit_repeated(const bare &number) noexcept {
  return std::all_of(number.characters + 1, number.characters + number.size,
                     [&](char c) { return c == number.characters[0]; });
}

bool unmask(std::string_view text, std::string_view mask, bare &number) noexcept {
  number.size = 0;
  for (std::size_t i = 0; i < mask.size(); i++) {
    if (mask[i] == '0') {
      number.characters[number.size++] = to_upper(text[i]);
    } else if (mask[i] != text[i]) {
      return false;
    }
  }
  return true;
}

bool strip(std::string_view text, bare &number) noexcept {
  switch (text.size()) {
    case 14:
      if (text[3] == '.') return unmask(text, cpf_mask, number);
      [[fallthrough]];
    case 11:
      number.size = static_cast<int>(text.size());
      for (int i = 0; i < number.size; i++) number.characters[i] = to_upper(text[i]);
      return true;
    case 18: return unmask(text, cnpj_mask, number);
    default: return false;
  }
}

std::optional<std::string_view> read(std::string_view text, bare &number) noexcept {
  if (!strip(text, number)) return "It must have 11 digits (CPF) or 14 characters (CNPJ), bare or with the official mask.";
  const bool cpf = number.size == cpf_body + 2;
  const int body = number.size - 2;
  for (int i = 0; i < number.size; i++) {
    if (is_digit(number.characters[i])) continue;
    if (cpf) return "A CPF has digits alone.";
    if (i >= body) return "The check digits of a CNPJ are digits.";
    if (!is_upper(number.characters[i])) return "A CNPJ has only digits and the letters A to Z.";
  }
  if (is_one_digit_repeated(number)) return "One digit repeated is no tax number.";
  char expected[14];
  memcpy(expected, number.characters, static_cast<std::size_t>(body));
  append_check_digits(expected, body);
  if (memcmp(expected + body, number.characters + body, 2) != 0) {
    return cpf ? "The check digits of the CPF are wrong." : "The check digits of the CNPJ are wrong.";
  }
  return std::nullopt;
}

constexpr int digit_value(char c) noexcept { return is_digit(c) ? c - '0' : c - 'A' + 10; }

std::int64_t number_of(const char *characters, int count, int base) noexcept {
  std::int64_t value = 0;
  for (int i = 0; i < count; i++) value = value * base + digit_value(characters[i]);
  return value;
}

// The base is a constant, so that no digit costs a division.
template <unsigned base, int body>
void spell_body(std::uint64_t value, char *characters) noexcept {
  for (int i = body - 1; i >= 0; i--, value /= base) {
    characters[i] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[value % base];
  }
}

bare spell(tax_id id) noexcept {
  bare number;
  const int body = id.is_cpf() ? cpf_body : cnpj_body;
  if (id.is_cpf()) {
    spell_body<10, cpf_body>(static_cast<std::uint64_t>(id.value - tax_id::first_cpf), number.characters);
  } else {
    spell_body<36, cnpj_body>(static_cast<std::uint64_t>(id.value), number.characters);
  }
  append_check_digits(number.characters, body);
  number.size = body + 2;
  return number;
}
}  // namespace

result<tax_id> parse_tax_id(std::string_view text) {
  bare number;
  if (const auto problem = read(text, number)) {
    return error(invalid_text, "invalid input syntax for type tax_id: \"" + std::string(text) + "\"")
        .with_detail(std::string(*problem));
  }
  if (number.size == cpf_body + 2) return tax_id{tax_id::first_cpf + number_of(number.characters, cpf_body, 10)};
  return tax_id{number_of(number.characters, cnpj_body, 36)};
}

std::optional<std::string_view> tax_id_problem(std::string_view text) noexcept {
  bare number;
  return read(text, number);
}

bool is_tax_id(std::int64_t value) noexcept {
  if (value < 0 || value >= tax_id::first_cpf + cpf_numbers) return false;
  return !is_one_digit_repeated(spell({value}));
}

tax_id_text write_tax_id(tax_id id) noexcept {
  const bare number = spell(id);
  tax_id_text text;
  memcpy(text.characters, number.characters, static_cast<std::size_t>(number.size));
  text.size = static_cast<std::uint8_t>(number.size);
  return text;
}

tax_id_text write_masked_tax_id(tax_id id) noexcept {
  const bare number = spell(id);
  const auto mask = id.is_cpf() ? cpf_mask : cnpj_mask;
  tax_id_text text;
  int next = 0;
  for (std::size_t i = 0; i < mask.size(); i++) text.characters[i] = mask[i] == '0' ? number.characters[next++] : mask[i];
  text.size = static_cast<std::uint8_t>(mask.size());
  return text;
}

}  // namespace primecloud
