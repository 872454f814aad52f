#include "core/contract/decimal.hpp"

#include <charconv>

#include "core/ascii.hpp"
#include "core/json/text.hpp"

namespace primecloud::contract {
namespace {
constexpr std::int64_t farthest = 20000;  // how far an exponent may move the point
constexpr std::int64_t countable = 18;
constexpr std::int64_t uncountable = std::int64_t{1} << 40;

std::optional<std::int64_t> whole_part(const decimal &number) noexcept {
  if (number.point <= 0) return 0;
  if (number.point > countable) return std::nullopt;
  std::int64_t part = 0;
  for (std::int64_t i = 0; i < number.point; i++) {
    const auto at = static_cast<std::size_t>(i);
    part = part * 10 + (at < number.digits.size() ? number.digits[at] - '0' : 0);
  }
  return number.negative ? -part : part;
}

// What stands behind the e.  One beyond all counting counts as that.
std::int64_t exponent_of(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t exponent = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), exponent).ec != std::errc() || exponent > uncountable ||
      exponent < -uncountable)
    return text.starts_with('-') ? -uncountable : uncountable;
  return exponent;
}

// Of a number of JSON.
decimal parts_of(std::string_view text) {
  decimal number;
  std::size_t i = text.front() == '-' ? 1 : 0;
  number.negative = i == 1;
  bool behind = false;
  for (; i < text.size() && text[i] != 'e' && text[i] != 'E'; i++) {
    if (text[i] == '.') {
      behind = true;
      continue;
    }
    number.digits += text[i];
    if (!behind) number.point++;
  }
  if (i < text.size()) number.point += exponent_of(text.substr(i + 1));
  const std::size_t zeros = number.digits.find_first_not_of('0');
  if (zeros == std::string::npos) return decimal{};
  number.digits.erase(0, zeros);
  number.point -= static_cast<std::int64_t>(zeros);
  number.digits.erase(number.digits.find_last_not_of('0') + 1);
  return number;
}
}  // namespace

std::optional<decimal> read_decimal(std::string_view text) {
  if (!is_json_number(text)) return std::nullopt;
  decimal number = parts_of(text);
  const auto reach = farthest + static_cast<std::int64_t>(text.size());
  if (number.point > reach || number.point < -reach) return std::nullopt;
  return number;
}

int compare_written(std::string_view a, std::string_view b) { return compare(parts_of(a), parts_of(b)); }

int compare(const decimal &a, const decimal &b) noexcept {
  const auto sign = [](const decimal &of) { return of.digits.empty() ? 0 : of.negative ? -1 : 1; };
  if (sign(a) != sign(b)) return sign(a) < sign(b) ? -1 : 1;
  if (sign(a) == 0) return 0;
  const int greater = a.negative ? -1 : 1;
  if (a.point != b.point) return a.point < b.point ? -greater : greater;
  const int order = a.digits.compare(b.digits);
  return order == 0 ? 0 : order < 0 ? -greater : greater;
}

std::string text_of(const decimal &number) {
  if (number.digits.empty()) return "0";
  std::string out = number.negative ? "-" : "";
  const auto size = static_cast<std::int64_t>(number.digits.size());
  if (number.point <= 0) return out + "0." + std::string(static_cast<std::size_t>(-number.point), '0') + number.digits;
  if (number.point >= size)
    return out + number.digits + std::string(static_cast<std::size_t>(number.point - size), '0');
  const auto before = static_cast<std::size_t>(number.point);
  return out + number.digits.substr(0, before) + "." + number.digits.substr(before);
}

bool is_whole(const decimal &number) noexcept {
  return static_cast<std::int64_t>(number.digits.size()) <= number.point;
}

std::optional<std::int64_t> floor_of(const decimal &number) noexcept {
  const auto part = whole_part(number);
  if (!part || is_whole(number) || number.digits.empty()) return part;
  return number.negative ? *part - 1 : *part;
}
std::optional<std::int64_t> ceiling_of(const decimal &number) noexcept {
  const auto part = whole_part(number);
  if (!part || is_whole(number) || number.digits.empty()) return part;
  return number.negative ? *part : *part + 1;
}

}  // namespace primecloud::contract
