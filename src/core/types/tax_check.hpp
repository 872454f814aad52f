// The two check digits behind the body of a CPF or a CNPJ: a weighted sum, modulus 11
// (core/types/tax_id.hpp has the sources).
#pragma once

#include <cstddef>
#include <utility>

namespace primecloud {

inline constexpr std::size_t cpf_body = 9, cnpj_body = 12;  // characters before the check digits

// The weight of a character that `distance` others follow: from 2 at the right; a
// CNPJ's start again after 9.
template <std::size_t body>
constexpr unsigned weight(std::size_t distance) noexcept {
  constexpr std::size_t greatest = body == cpf_body ? 11 : 9;
  return static_cast<unsigned>(2 + distance % (greatest - 1));
}

// The weighted sum of a body that `after` characters follow.  Every weight is a
// constant, since this runs for each row that is read or written.
template <std::size_t body, std::size_t after, std::size_t... i>
unsigned weigh(const char *characters, std::index_sequence<i...>) noexcept {
  return (... + (static_cast<unsigned>(characters[i] - '0') * weight<body>(body - 1 - i + after)));
}

struct check_digits {
  char first, second;
};
template <std::size_t body>
check_digits check_digits_of(const char *characters) noexcept {
  constexpr auto all = std::make_index_sequence<body>{};
  constexpr auto digit_of = [](unsigned sum) {
    return "00987654321"[sum % 11];
  };  // 11 - remainder, but 0 for 10 and 11
  const char first = digit_of(weigh<body, 0>(characters, all));
  return {first, digit_of(weigh<body, 1>(characters, all) + static_cast<unsigned>(first - '0') * weight<body>(0))};
}

template <std::size_t body>
bool has_right_check_digits(const char *characters) noexcept {
  const auto right = check_digits_of<body>(characters);
  return characters[body] == right.first && characters[body + 1] == right.second;
}

}  // namespace primecloud
