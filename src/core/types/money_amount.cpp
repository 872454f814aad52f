#include "core/types/money_amount.hpp"

#include <algorithm>
#include <charconv>

#include "core/ascii.hpp"
#include "core/types/rounding.hpp"

namespace primecloud {
namespace {
constexpr std::size_t most_digits = 40;  // more than an int64 has, far less than would overflow the counters

[[gnu::cold, noreturn]] void refuse_range() { throw error(out_of_range, "money_amount out of range"); }

error malformed_money(std::string_view text, std::string detail) {
  return error(invalid_text, "invalid input syntax for type money_amount: \"" + std::string(text) + "\"")
      .with_detail(std::move(detail))
      .with_hint("Write the amount, a blank and the currency, as in 12.34 BRL.");
}

// The digits before and after the point, still unread.
struct parts {
  bool negative = false;
  std::string_view whole, fraction;
};

bool split(std::string_view number, parts &out) noexcept {
  if (!number.empty() && (number[0] == '-' || number[0] == '+')) {
    out.negative = number[0] == '-';
    number.remove_prefix(1);
  }
  const auto point = number.find('.');
  out.whole = number.substr(0, point);
  if (point != number.npos) {
    out.fraction = number.substr(point + 1);
    if (out.fraction.empty()) return false;
  }
  return !out.whole.empty() && std::all_of(out.whole.begin(), out.whole.end(), is_digit) &&
         std::all_of(out.fraction.begin(), out.fraction.end(), is_digit);
}

// Appends digits to a negative accumulator: the least int64 has no positive twin.
bool accumulate(std::int64_t &value, std::string_view digits) noexcept {
  for (const char c : digits) {
    if (__builtin_mul_overflow(value, 10, &value) || __builtin_sub_overflow(value, c - '0', &value)) return false;
  }
  return true;
}
}  // namespace

result<money_amount> parse_money(std::string_view text) {
  if (text.size() < 5 || text[text.size() - 4] != ' ')
    return malformed_money(text, "It must end with a blank and a currency code.");
  const auto letters = text.substr(text.size() - 3);
  const auto currency = spell_currency(letters);
  const int digits = currency ? minor_digits(*currency) : -1;
  if (digits < 0) return malformed_money(text, "There is no currency \"" + std::string(letters) + "\" in ISO 4217.");
  parts number;
  if (text.size() > most_digits + 4 || !split(text.substr(0, text.size() - 4), number)) {
    return malformed_money(text, "The amount must be a decimal number of at most 40 characters.");
  }
  if (number.fraction.size() > static_cast<std::size_t>(digits)) {
    return malformed_money(text,
                           "The currency " + std::string(letters) + " has " + std::to_string(digits) + " decimals.");
  }
  std::int64_t minor = 0;
  bool fits = accumulate(minor, number.whole) && accumulate(minor, number.fraction);
  fits = fits && accumulate(minor, std::string_view("0000").substr(
                                       0, static_cast<std::size_t>(digits) - number.fraction.size()));
  if (fits && !number.negative) fits = !__builtin_sub_overflow(std::int64_t{0}, minor, &minor);
  if (!fits) return error(out_of_range, "value \"" + std::string(text) + "\" is out of range for type money_amount");
  return money_amount{*currency, minor};
}

money_text write_money(money_amount amount) noexcept {
  money_text text;
  const int digits = std::max(minor_digits(amount.currency), 0);
  char *at = text.characters;
  if (amount.minor < 0) *at++ = '-';
  const auto magnitude =
      amount.minor < 0 ? 0 - static_cast<std::uint64_t>(amount.minor) : static_cast<std::uint64_t>(amount.minor);
  char number[24];
  const auto count = static_cast<int>(std::to_chars(number, number + sizeof number, magnitude).ptr - number);
  const int whole = count - digits;
  if (whole <= 0) *at++ = '0';
  for (int i = 0; i < whole; i++) *at++ = number[i];
  if (digits > 0) *at++ = '.';
  for (int i = whole; i < count; i++) *at++ = i < 0 ? '0' : number[i];
  *at++ = ' ';
  const int code = amount.currency.code;
  *at++ = static_cast<char>('A' + code / 676);
  *at++ = static_cast<char>('A' + code / 26 % 26);
  *at++ = static_cast<char>('A' + code % 26);
  text.size = static_cast<std::uint8_t>(at - text.characters);
  return text;
}

void require_one_currency(money_amount a, money_amount b, const char *verb) {
  if (a.currency == b.currency) return;
  throw error(mixed_currencies,
              "cannot " + std::string(verb) + " amounts in " + a.currency.letters() + " and " + b.currency.letters())
      .with_hint("Convert one of them first, or group by money_currency(amount).");
}

money_amount add(money_amount a, money_amount b) {
  require_one_currency(a, b, "add");
  if (__builtin_add_overflow(a.minor, b.minor, &a.minor)) refuse_range();
  return a;
}

money_amount subtract(money_amount a, money_amount b) {
  require_one_currency(a, b, "subtract");
  if (__builtin_sub_overflow(a.minor, b.minor, &a.minor)) refuse_range();
  return a;
}

money_amount multiply(money_amount a, std::int64_t factor) {
  if (__builtin_mul_overflow(a.minor, factor, &a.minor)) refuse_range();
  return a;
}

money_amount divide(money_amount a, std::int64_t divisor) {
  if (divisor == 0) throw error(zero_divisor, "division by zero");
  const auto quotient = divide_half_away(a.minor, divisor);
  if (!quotient) refuse_range();
  return {a.currency, *quotient};
}

}  // namespace primecloud
