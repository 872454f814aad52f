// Brazilian tax numbers: CPF (persons) and CNPJ (companies, alphanumeric from 2026 on).
//
// A tax_id holds no check digits: they are recomputed when it is written, so a number
// with wrong ones cannot exist.  Sources: Receita Federal, Instrucao Normativa RFB
// 2.229/2024 (alphanumeric CNPJ: value of a character = its ASCII code - 48, weights
// 2 to 9 from the right, modulus 11).
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/error.hpp"

namespace primecloud {

// The first 12 characters of a CNPJ read as a number of base 36; the first 9 digits of
// a CPF above all of those.  Orders as the characters do, every CNPJ before every CPF.
struct tax_id {
  std::int64_t value{};

  static constexpr std::int64_t first_cpf = 4'738'381'338'321'616'896;  // 36^12
  constexpr bool is_cpf() const noexcept { return value >= first_cpf; }
  friend constexpr auto operator<=>(const tax_id &, const tax_id &) = default;
};

// Bare (11 digits; 14 characters) or with the official mask (000.000.000-00;
// 00.000.000/0000-00), letters of either case, and nothing else.  22P02.
result<tax_id> parse_tax_id(std::string_view text);

// The rule that the text breaks; nothing if it is a tax id.  The text is static and
// never says which check digits would be right.
std::optional<std::string_view> tax_id_problem(std::string_view text) noexcept;

// Whether a number is the value of some tax id: in range, not one digit repeated.
bool is_tax_id(std::int64_t value) noexcept;

// Writes the 11 or 14 characters of a tax id, and returns the end of them.  There is
// room for 14 behind `to`.
char *write_tax_id(tax_id id, char *to) noexcept;

// A tax id as text, at most 18 characters.
struct tax_id_text {
  char characters[18];
  std::uint8_t size;
  constexpr std::string_view view() const noexcept { return {characters, size}; }
};
tax_id_text write_tax_id(tax_id id) noexcept;         // 11 or 14 characters
tax_id_text write_masked_tax_id(tax_id id) noexcept;  // with the official mask

}  // namespace primecloud
